-- A checksum over all source rows of each {entity} record: a record changed if it differs.
CREATE OR REPLACE TEMP TABLE record_contents AS
SELECT record_key, CAST(sum(hash(version_key, import_sequence, file_ordinal, sheet_ordinal, row_number, is_stub)) AS HUGEINT) AS content
FROM records.source_{entity}s
GROUP BY record_key;
