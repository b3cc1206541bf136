-- Custom cells of persons whose employer no field names.
CREATE OR REPLACE MACRO records.persons_cells() AS TABLE
SELECT source, record_key, custom FROM records.current_persons WHERE organization_key IS NULL AND NOT is_stub;
