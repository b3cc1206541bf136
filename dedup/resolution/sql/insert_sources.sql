-- The crosswalk: every source row of every record of a {entity}.
INSERT INTO main.{entity}_sources BY NAME
SELECT
    members.entity_id AS {entity}_id,
    met.source, met.object, met.external_id, met.record_key, met.import_id, met.file, met.sheet, met.row_number, met.is_stub
FROM records.source_{entity}s AS met
JOIN {entity}_members AS members USING (record_key)
ORDER BY met.import_sequence, met.file_ordinal, met.sheet_ordinal, met.row_number, met.record_key, met.is_stub, met.version_key;
