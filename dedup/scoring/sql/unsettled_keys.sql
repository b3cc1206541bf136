-- The unchanged {entity} records that a changed limit of a block concerns.
CREATE OR REPLACE TEMP TABLE unsettled_keys AS
SELECT record_key FROM audit.{entity}_features AS features JOIN unsettled_rows ON features.rowid = record;
