-- The review queue of one entity, or of both if $entity is NULL.
WITH both_queues AS (
    SELECT 'person' AS entity, * FROM records.review_queue('person')
    UNION ALL
    SELECT 'organization', * FROM records.review_queue('organization')
)
FROM both_queues
WHERE $entity IS NULL OR entity = $entity
ORDER BY priority DESC, match_weight DESC, record_key_l, record_key_r
