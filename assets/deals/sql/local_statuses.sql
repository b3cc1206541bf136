-- Users' last action that made a deal won, lost or open.
CREATE OR REPLACE TEMP TABLE local_statuses AS
SELECT
    deal_facts.deal_id,
    CASE action WHEN 'win' THEN 'won' WHEN 'lose' THEN 'lost' ELSE 'open' END AS status,
    acted_at,
    nullif(details['lost_reason'], '') AS lost_reason
FROM audit.actions JOIN deal_facts USING (record_key)
WHERE entity = 'deal' AND action IN ('win', 'lose', 'reopen')
QUALIFY row_number() OVER (PARTITION BY deal_facts.deal_id ORDER BY sequence DESC) = 1;
