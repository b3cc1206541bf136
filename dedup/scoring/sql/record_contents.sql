-- Of each {entity} record a sum over all rows in which it was met: the record needs another look when it differs.
CREATE OR REPLACE TEMP TABLE record_contents AS
SELECT record_key, CAST(sum(hash(version_key, import_sequence, file_ordinal, sheet_ordinal, row_number, is_stub)) AS HUGEINT) AS content
FROM records.source_{entity}s
GROUP BY record_key;
