-- Comparison features by row id: joining numbers takes half the time of joining texts.
CREATE OR REPLACE TEMP VIEW match_features AS
SELECT rowid AS record_key, * EXCLUDE (record_key) FROM {features};
