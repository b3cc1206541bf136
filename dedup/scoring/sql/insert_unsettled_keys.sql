-- The blocks of unsettled records, with all records in them.
INSERT INTO match_keys
SELECT rule, key, record FROM ({keys}) SEMI JOIN unsettled_blocks USING (rule, key);
