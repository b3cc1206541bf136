-- Each decided pair of records of an entity, with the latest decision.
CREATE OR REPLACE MACRO records.decided_pairs(of_entity) AS TABLE
WITH lefts AS (
    SELECT sequence, decision, unnest(records_l) AS one, records_r FROM audit.decisions WHERE entity = of_entity
),
pairs AS (SELECT sequence, decision, one, unnest(records_r) AS other FROM lefts)
SELECT least(one, other) AS record_key_l, greatest(one, other) AS record_key_r, arg_max(decision, sequence) AS decision
FROM pairs
WHERE one <> other
GROUP BY ALL;
