-- Users: the owners, authors and movers of records in a source.
INSERT INTO main.users BY NAME
SELECT records.entity_id('user_', record_key) AS user_id, name, email, source, external_id
FROM records.current_version('records.source_users') AS known
-- A user that another list of the import describes is that list's.
ANTI JOIN records.list_links('records.linkable_users') AS linked ON linked.reference_key = known.record_key
ORDER BY user_id;
