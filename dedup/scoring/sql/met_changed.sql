-- Every source row of every changed {entity} record.
CREATE OR REPLACE TEMP VIEW met_changed AS
SELECT * FROM records.source_{entity}s SEMI JOIN changed_records USING (record_key);
