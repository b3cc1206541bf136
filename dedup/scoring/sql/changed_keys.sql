-- The records that changed, came or went.
CREATE OR REPLACE TEMP TABLE changed_keys AS
SELECT record_key FROM former_features
UNION
SELECT record_key FROM changed_records;
