-- Users: everybody who owns, writes or moves something in a source.
INSERT INTO main.users BY NAME
SELECT records.entity_id('user_', record_key) AS user_id, name, email, source, external_id
FROM records.current_version('records.source_users')
ORDER BY user_id;
