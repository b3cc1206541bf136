-- Leads that somebody converted here and did not take back, with the deal that each became.
CREATE OR REPLACE TEMP TABLE conversions AS
SELECT sequence, record_key AS lead_key, details['deal_key'] AS deal_key, details, acted_at
FROM audit.actions
WHERE entity = 'lead' AND action IN ('convert', 'revert') AND NOT is_suspended
QUALIFY row_number() OVER (PARTITION BY record_key ORDER BY sequence DESC) = 1 AND action = 'convert';
