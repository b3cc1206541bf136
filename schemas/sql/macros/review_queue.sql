-- Pairs of an entity that wait for a person: the strongest pair for each two entities in band review, unless somebody decided about it. The
-- decision that matters most comes first: the more uncertain it is, and the more records, leads and deals it would merge.
CREATE OR REPLACE MACRO records.review_queue(of_entity) AS TABLE
WITH pairs AS (
    SELECT record_key_l, record_key_r, match_weight, match_probability, rule
    FROM audit.person_pairs WHERE of_entity = 'person' AND band = 'review'
    UNION ALL
    SELECT record_key_l, record_key_r, match_weight, match_probability, rule
    FROM audit.organization_pairs WHERE of_entity = 'organization' AND band = 'review'
),
crosswalk AS (
    SELECT DISTINCT record_key, person_id AS entity_id FROM main.person_sources WHERE of_entity = 'person'
    UNION ALL
    SELECT DISTINCT record_key, organization_id FROM main.organization_sources WHERE of_entity = 'organization'
),
sizes AS (SELECT entity_id, count(*) AS records FROM crosswalk GROUP BY entity_id),
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
    JOIN crosswalk AS left_side ON left_side.record_key = pairs.record_key_l
    JOIN crosswalk AS right_side ON right_side.record_key = pairs.record_key_r
    JOIN sizes AS left_size ON left_size.entity_id = left_side.entity_id
    JOIN sizes AS right_size ON right_size.entity_id = right_side.entity_id
    LEFT JOIN business AS left_business ON left_business.entity_id = left_side.entity_id
    LEFT JOIN business AS right_business ON right_business.entity_id = right_side.entity_id
    ANTI JOIN records.decided_pairs(of_entity) AS decided
        ON decided.record_key_l = pairs.record_key_l AND decided.record_key_r = pairs.record_key_r
    WHERE left_side.entity_id <> right_side.entity_id
)
SELECT
    record_key_l, record_key_r, left_id, right_id, match_weight, match_probability, rule, joined_records, business,
    4 * match_probability * (1 - match_probability) * (joined_records + business) AS priority
FROM waiting
QUALIFY row_number() OVER (
    PARTITION BY least(left_id, right_id), greatest(left_id, right_id) ORDER BY match_weight DESC, record_key_l, record_key_r
) = 1
ORDER BY priority DESC, match_weight DESC, record_key_l, record_key_r;
