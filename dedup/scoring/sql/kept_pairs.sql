-- The scored pairs of {entity} records that no change affects.
SELECT record_key_l, record_key_r, match_weight, map_entries(evidence) AS evidence
FROM audit.{entity}_pairs
WHERE cardinality(evidence) > 0
    AND record_key_l NOT IN (FROM changed_keys) AND record_key_r NOT IN (FROM changed_keys)
    AND NOT (record_key_l IN (FROM unsettled_keys) AND record_key_r IN (FROM unsettled_keys))
