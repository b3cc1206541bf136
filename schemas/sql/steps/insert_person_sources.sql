-- The crosswalk: every row in which a record of a person was met.
INSERT INTO main.person_sources BY NAME
SELECT
    members.entity_id AS person_id,
    met.source, met.object, met.external_id, met.record_key, met.import_id, met.file, met.sheet, met.row_number, met.is_stub
FROM records.source_persons AS met
JOIN person_members AS members USING (record_key)
ORDER BY met.import_sequence, met.file_ordinal, met.sheet_ordinal, met.row_number, met.record_key, met.is_stub, met.version_key;
