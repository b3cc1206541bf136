-- The {entity} records whose current version is out of date.
CREATE OR REPLACE TEMP TABLE changed_records AS
SELECT record_key
FROM record_contents FULL JOIN records.current_{entity}s AS before USING (record_key)
WHERE record_contents.content IS DISTINCT FROM before.content;
