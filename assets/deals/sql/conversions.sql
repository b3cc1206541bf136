-- Leads that a user converted in leadsift, with the deal of each. Reverted conversions are left out.
CREATE OR REPLACE TEMP TABLE conversions AS
SELECT sequence, record_key AS lead_key, details['deal_key'] AS deal_key, details, acted_at
FROM audit.actions
WHERE entity = 'lead' AND action IN ('convert', 'revert') AND NOT is_suspended
QUALIFY row_number() OVER (PARTITION BY record_key ORDER BY sequence DESC) = 1 AND action = 'convert';
