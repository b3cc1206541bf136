-- The unchanged {entity} records in blocks that crossed the maximum size.
CREATE OR REPLACE TEMP TABLE unsettled_keys AS
SELECT record_key FROM audit.{entity}_features AS features JOIN unsettled_rows ON features.rowid = record;
