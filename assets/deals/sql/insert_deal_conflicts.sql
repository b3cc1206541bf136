-- Deals on which a source and users disagree, and which of the two wins: the later one.
INSERT INTO audit.deal_conflicts BY NAME
WITH last_local AS (
    SELECT deal_id, arg_max(stage_id, (entered_at, sequence)) AS stage_id, max(entered_at) AS moved_at FROM local_moves GROUP BY deal_id
)
SELECT
    deals.deal_id,
    'stage' AS field,
    last_local.stage_id AS local_value,
    last_local.moved_at AS local_at,
    deal_facts.stage_id AS source_value,
    coalesce(deal_facts.stage_entered_at, deal_facts.updated_at) AS source_at,
    if(deals.stage_id = last_local.stage_id, 'local', 'source') AS winner
FROM last_local
JOIN deal_facts USING (deal_id)
JOIN main.deals AS deals USING (deal_id)
WHERE NOT deal_facts.is_local AND deal_facts.stage_id IS DISTINCT FROM last_local.stage_id
UNION ALL BY NAME
SELECT
    deals.deal_id,
    'status' AS field,
    local.status AS local_value,
    local.acted_at AS local_at,
    deal_facts.decided_status AS source_value,
    coalesce(deal_facts.closed_at, deal_facts.won_at, deal_facts.lost_at, deal_facts.updated_at) AS source_at,
    if(deals.status = local.status, 'local', 'source') AS winner
FROM local_statuses AS local
JOIN deal_facts USING (deal_id)
JOIN main.deals AS deals USING (deal_id)
WHERE NOT deal_facts.is_local AND deal_facts.decided_status <> local.status
ORDER BY deal_id, field;
