-- Insert the current versions of changed {entity} records.
INSERT INTO records.current_{entity}s BY NAME
SELECT version.*, record_contents.content
FROM records.current_of_rows('records.source_{entity}s', 'met_changed') AS version
JOIN record_contents USING (record_key);
