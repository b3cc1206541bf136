-- Deals. Person and organization come along from the lead where the deal itself names none; closing times come from the stage
-- history where the record gives none.
INSERT INTO main.deals BY NAME
WITH last_move AS (
    SELECT deal_id, arg_max(stage_id, sequence) AS stage_id, arg_max(entered_at, sequence) AS entered_at
    FROM main.deal_stage_history GROUP BY deal_id
),
converted AS (
    SELECT deal_key, min_by(lead_id, lead_id) AS lead_id, min_by(person_key, lead_id) AS person_key, min_by(organization_key, lead_id) AS organization_key
    FROM lead_facts WHERE deal_key IS NOT NULL GROUP BY deal_key
),
timed AS (
    SELECT
        deal_facts.*,
        converted.lead_id,
        coalesce(deal_facts.person_key, converted.person_key) AS any_person_key,
        coalesce(deal_facts.organization_key, converted.organization_key) AS any_organization_key,
        coalesce(deal_facts.stage_entered_at, if(last_move.stage_id = deal_facts.stage_id, last_move.entered_at, NULL)) AS decided_stage_entered_at
    FROM deal_facts
    LEFT JOIN converted ON converted.deal_key = deal_facts.record_key
    LEFT JOIN last_move USING (deal_id)
)
SELECT
    timed.deal_id,
    timed.title,
    of_person.entity_id AS person_id,
    of_organization.entity_id AS organization_id,
    timed.lead_id,
    timed.pipeline_id,
    timed.stage_id,
    timed.decided_status AS status,
    timed.value,
    if(timed.value IS NULL, NULL, timed.currency) AS currency,
    if(timed.currency = $base_currency, timed.value, NULL) AS value_base,
    timed.probability,
    timed.visibility,
    records.entity_id('user_', timed.user_key) AS owner_id,
    coalesce(timed.labels, []) AS labels,
    timed.expected_close_date,
    timed.created_at,
    timed.updated_at,
    timed.decided_stage_entered_at AS stage_entered_at,
    if(timed.decided_status = 'won', coalesce(timed.won_at, timed.closed_at, timed.decided_stage_entered_at), NULL) AS won_at,
    if(timed.decided_status = 'lost', coalesce(timed.lost_at, timed.closed_at, timed.decided_stage_entered_at), NULL) AS lost_at,
    CASE timed.decided_status
        WHEN 'won' THEN coalesce(timed.closed_at, timed.won_at, timed.decided_stage_entered_at)
        WHEN 'lost' THEN coalesce(timed.closed_at, timed.lost_at, timed.decided_stage_entered_at)
    END AS closed_at,
    timed.lost_reason,
    timed.custom
FROM timed
LEFT JOIN entity_of_record AS of_person ON of_person.record_key = timed.any_person_key
LEFT JOIN entity_of_record AS of_organization ON of_organization.record_key = timed.any_organization_key
ORDER BY timed.deal_id;
