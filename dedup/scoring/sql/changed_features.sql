-- The current comparison features of changed records.
CREATE OR REPLACE TEMP TABLE changed_features AS
SELECT * FROM {features} AS features SEMI JOIN changed_rows ON features.rowid = changed_rows.record;
