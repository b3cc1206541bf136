-- Every live organization record with the id of its entity: that of the record in its component which the ledger saw first.
CREATE OR REPLACE TEMP TABLE organization_members AS
SELECT
    records.entity_id($prefix, arg_min(record_key, row(first_seen, record_key)) OVER (PARTITION BY component)) AS entity_id,
    current_organizations.*
FROM current_organizations
JOIN record_components USING (record_key);
