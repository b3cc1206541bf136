-- The current version of each record of a source table, see current_of_rows.
CREATE OR REPLACE MACRO records.current_version(source_table) AS TABLE
SELECT * FROM records.current_of_rows(source_table, source_table);
