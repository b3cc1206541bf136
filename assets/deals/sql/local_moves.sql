-- Users' actions that put a deal into a stage: conversions, moves, and wins, losses and reopenings that name a stage. A stage that no record
-- names any more, because its import was undone, is left out.
CREATE OR REPLACE TEMP TABLE local_moves AS
SELECT deal_facts.deal_id, sequence, deal_facts.stage_id, conversions.acted_at AS entered_at, 'conversion' AS origin
FROM conversions JOIN deal_facts ON deal_facts.record_key = conversions.deal_key
UNION ALL
SELECT deal_facts.deal_id, sequence, details['stage_id'] AS stage_id, acted_at, 'manual'
FROM audit.actions JOIN deal_facts USING (record_key)
WHERE entity = 'deal' AND details['stage_id'] IN (SELECT stage_id FROM main.stages);
