-- The former comparison features of changed {entity} records.
CREATE OR REPLACE TEMP TABLE former_features AS
SELECT features.* FROM audit.{entity}_features AS features ANTI JOIN live_records USING (record_key, content);
