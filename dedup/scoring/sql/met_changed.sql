-- Every row in which a changed {entity} record was met.
CREATE OR REPLACE TEMP VIEW met_changed AS
SELECT * FROM records.source_{entity}s SEMI JOIN changed_records USING (record_key);
