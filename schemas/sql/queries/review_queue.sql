-- Pairs to review, the strongest pair for each two entities. The decision that matters most comes first: the more uncertain it is, and the
-- more records, leads and deals it would merge.
WITH pairs AS (
    SELECT 'person' AS entity, record_key_l, record_key_r, match_weight, match_probability, rule FROM audit.person_pairs WHERE band = 'review'
    UNION ALL
    SELECT 'organization', record_key_l, record_key_r, match_weight, match_probability, rule FROM audit.organization_pairs WHERE band = 'review'
),
decided AS (
    SELECT record_key_l, record_key_r FROM records.decided_pairs('person')
    UNION ALL
    SELECT record_key_l, record_key_r FROM records.decided_pairs('organization')
),
crosswalk AS (
    SELECT DISTINCT 'person' AS entity, record_key, person_id AS entity_id FROM main.person_sources
    UNION ALL
    SELECT DISTINCT 'organization', record_key, organization_id FROM main.organization_sources
),
sizes AS (SELECT entity, entity_id, count(*) AS records FROM crosswalk GROUP BY ALL),
business AS (
    SELECT entity_id, count(*) AS business
    FROM (
        SELECT person_id AS entity_id FROM main.deals UNION ALL SELECT organization_id FROM main.deals
        UNION ALL SELECT person_id FROM main.leads UNION ALL SELECT organization_id FROM main.leads
    )
    WHERE entity_id IS NOT NULL
    GROUP BY entity_id
),
waiting AS (
    SELECT
        pairs.*,
        left_side.entity_id AS left_id, right_side.entity_id AS right_id,
        least(left_size.records, right_size.records) AS joined_records,
        coalesce(left_business.business, 0) + coalesce(right_business.business, 0) AS business
    FROM pairs
    JOIN crosswalk AS left_side ON left_side.entity = pairs.entity AND left_side.record_key = pairs.record_key_l
    JOIN crosswalk AS right_side ON right_side.entity = pairs.entity AND right_side.record_key = pairs.record_key_r
    JOIN sizes AS left_size ON left_size.entity_id = left_side.entity_id AND left_size.entity = pairs.entity
    JOIN sizes AS right_size ON right_size.entity_id = right_side.entity_id AND right_size.entity = pairs.entity
    LEFT JOIN business AS left_business ON left_business.entity_id = left_side.entity_id
    LEFT JOIN business AS right_business ON right_business.entity_id = right_side.entity_id
    WHERE left_side.entity_id <> right_side.entity_id
        AND NOT EXISTS (
            SELECT 1 FROM decided
            WHERE decided.record_key_l = pairs.record_key_l AND decided.record_key_r = pairs.record_key_r
        )
)
SELECT
    entity, record_key_l, record_key_r, left_id, right_id, match_weight, match_probability, rule, joined_records, business,
    4 * match_probability * (1 - match_probability) * (joined_records + business) AS priority
FROM waiting
WHERE $entity IS NULL OR entity = $entity
QUALIFY row_number() OVER (
    PARTITION BY entity, least(left_id, right_id), greatest(left_id, right_id) ORDER BY match_weight DESC, record_key_l, record_key_r
) = 1
ORDER BY priority DESC, match_weight DESC, record_key_l, record_key_r
