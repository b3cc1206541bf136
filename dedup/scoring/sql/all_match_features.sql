-- Comparable features under row ids: numbers are joined in half the time of texts.
CREATE OR REPLACE TEMP VIEW match_features AS
SELECT rowid AS record_key, * EXCLUDE (record_key) FROM {features};
