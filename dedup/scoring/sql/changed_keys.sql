-- The records that changed, appeared or disappeared.
CREATE OR REPLACE TEMP TABLE changed_keys AS
SELECT record_key FROM former_features
UNION
SELECT record_key FROM changed_records;
