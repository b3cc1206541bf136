-- Values of rules that unsettled records share and no changed record has.
CREATE OR REPLACE TEMP TABLE unsettled_blocks AS
SELECT rule, key
FROM ({keys})
SEMI JOIN unsettled_rows USING (record)
ANTI JOIN changed_blocks USING (rule, key)
GROUP BY rule, key
HAVING count(*) > 1;
