-- Decisions about a record of the one and a record of the other, latest first; those that a later one about the same records replaced
-- are left out.
WITH lefts AS (
    SELECT sequence, unnest(records_l) AS one, records_r FROM audit.decisions WHERE entity = $entity AND NOT is_suspended
),
pairs AS (SELECT sequence, one, unnest(records_r) AS other FROM lefts),
between_them AS (
    SELECT max(sequence) AS sequence
    FROM pairs
    WHERE (list_contains($ours, one) AND list_contains($theirs, other)) OR (list_contains($ours, other) AND list_contains($theirs, one))
    GROUP BY least(one, other), greatest(one, other)
)
SELECT decision AS verdict, decided_by, decided_at, reason
FROM audit.decisions
WHERE sequence IN (SELECT sequence FROM between_them)
ORDER BY sequence DESC
