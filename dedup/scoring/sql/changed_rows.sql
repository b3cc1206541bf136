-- The row ids of the current comparison features of changed {entity} records.
CREATE OR REPLACE TEMP TABLE changed_rows AS
SELECT rowid AS record FROM audit.{entity}_features SEMI JOIN changed_records USING (record_key);
