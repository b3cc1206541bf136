-- All records in the blocks that changed records are or were in.
CREATE OR REPLACE TEMP TABLE match_keys AS
SELECT rule, key, record FROM ({keys}) SEMI JOIN changed_blocks USING (rule, key);
