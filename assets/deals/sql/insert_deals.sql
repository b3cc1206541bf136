-- Deals. A deal without a person or organization has those of its lead; a deal without a closing time has the time at which it entered the
-- closing stage. Of the source's value and the users' value, the later one counts.
INSERT INTO main.deals BY NAME
WITH last_move AS (
    SELECT deal_id, arg_max(stage_id, sequence) AS stage_id, arg_max(entered_at, sequence) AS entered_at
    FROM main.deal_stage_history GROUP BY deal_id
),
moved_here AS (SELECT DISTINCT deal_id FROM local_moves),
converted AS (
    SELECT deal_key, min_by(lead_id, lead_id) AS lead_id, min_by(person_key, lead_id) AS person_key, min_by(organization_key, lead_id) AS organization_key
    FROM lead_facts WHERE deal_key IS NOT NULL GROUP BY deal_key
),
stated AS (
    SELECT
        deal_facts.*,
        converted.lead_id,
        coalesce(deal_facts.person_key, converted.person_key) AS any_person_key,
        coalesce(deal_facts.organization_key, converted.organization_key) AS any_organization_key,
        if(moved_here.deal_id IS NULL, deal_facts.stage_id, last_move.stage_id) AS present_stage_id,
        if(moved_here.deal_id IS NULL, NULL, last_move.entered_at) AS moved_at,
        coalesce(deal_facts.stage_entered_at, if(last_move.stage_id = deal_facts.stage_id, last_move.entered_at, NULL)) AS source_stage_entered_at,
        local.status AS local_status,
        local.acted_at AS local_at,
        local.lost_reason AS local_lost_reason,
        coalesce(
            if(deal_facts.decided_status = 'open', NULL, coalesce(deal_facts.closed_at, deal_facts.won_at, deal_facts.lost_at, deal_facts.updated_at)),
            '-infinity'::TIMESTAMPTZ
        ) AS source_closed_at
    FROM deal_facts
    LEFT JOIN converted ON converted.deal_key = deal_facts.record_key
    LEFT JOIN last_move ON last_move.deal_id = deal_facts.deal_id
    LEFT JOIN moved_here ON moved_here.deal_id = deal_facts.deal_id
    LEFT JOIN local_statuses AS local ON local.deal_id = deal_facts.deal_id
),
timed AS (
    SELECT
        stated.* REPLACE (if(is_said_here, local_status, decided_status) AS decided_status),
        coalesce(moved_at, source_stage_entered_at) AS decided_stage_entered_at
    FROM (SELECT *, coalesce(local_at >= source_closed_at, false) AS is_said_here FROM stated) AS stated
)
SELECT
    timed.deal_id,
    timed.title,
    of_person.entity_id AS person_id,
    of_organization.entity_id AS organization_id,
    timed.lead_id,
    coalesce(present.pipeline_id, timed.pipeline_id) AS pipeline_id,
    timed.present_stage_id AS stage_id,
    timed.decided_status AS status,
    timed.value,
    if(timed.value IS NULL, NULL, timed.currency) AS currency,
    CASE
        WHEN timed.currency = $base_currency THEN timed.value
        ELSE CAST(timed.value * rates.rate AS DECIMAL(18, 2))
    END AS value_base,
    timed.probability,
    timed.visibility,
    records.user_id(timed.user_key) AS owner_id,
    coalesce(timed.labels, []) AS labels,
    timed.expected_close_date,
    timed.created_at,
    timed.updated_at,
    timed.decided_stage_entered_at AS stage_entered_at,
    if(timed.decided_status = 'won', if(is_said_here, local_at, coalesce(timed.won_at, timed.closed_at, timed.decided_stage_entered_at)), NULL) AS won_at,
    if(timed.decided_status = 'lost', if(is_said_here, local_at, coalesce(timed.lost_at, timed.closed_at, timed.decided_stage_entered_at)), NULL) AS lost_at,
    CASE
        WHEN timed.decided_status = 'open' THEN NULL
        WHEN is_said_here THEN local_at
        WHEN timed.decided_status = 'won' THEN coalesce(timed.closed_at, timed.won_at, timed.decided_stage_entered_at)
        ELSE coalesce(timed.closed_at, timed.lost_at, timed.decided_stage_entered_at)
    END AS closed_at,
    if(timed.decided_status = 'open' AND is_said_here, NULL, if(is_said_here, coalesce(local_lost_reason, timed.lost_reason), timed.lost_reason)) AS lost_reason,
    timed.custom
FROM timed
LEFT JOIN main.stages AS present ON present.stage_id = timed.present_stage_id
LEFT JOIN entity_of_record AS of_person ON of_person.record_key = timed.any_person_key
LEFT JOIN entity_of_record AS of_organization ON of_organization.record_key = timed.any_organization_key
ASOF LEFT JOIN rates
    ON rates.currency = timed.currency
    AND coalesce(CAST(timed.closed_at AS DATE), CAST(timed.won_at AS DATE), CAST(timed.lost_at AS DATE), CAST(timed.created_at AS DATE), DATE '9999-12-31') >= rates.valid_from
ORDER BY timed.deal_id;
