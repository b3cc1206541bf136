-- The live {entity} records without up-to-date comparison features.
CREATE OR REPLACE TEMP TABLE changed_records AS
SELECT record_key, content FROM live_records ANTI JOIN audit.{entity}_features USING (record_key, content);
