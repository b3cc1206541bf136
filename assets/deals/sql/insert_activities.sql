-- Activities. An activity on a deal or lead also belongs to its person and organization.
INSERT INTO main.activities BY NAME
WITH facts AS (
    SELECT
        version.* REPLACE (
            coalesce(version.person_key, implied.person_key) AS person_key,
            coalesce(version.organization_key, implied.organization_key) AS organization_key,
            coalesce(version.lead_key, implied.lead_key) AS lead_key,
            coalesce(version.deal_key, implied.deal_key) AS deal_key
        )
    FROM records.current_version('records.source_activities') AS version
    LEFT JOIN implied_keys AS implied ON implied.record_key = version.record_key
    WHERE NOT coalesce(version.is_deleted, false)
)
SELECT
    records.entity_id('act_', facts.record_key) AS activity_id,
    facts.subject, facts.type, facts.is_done, facts.content,
    coalesce(of_person.entity_id, lead.person_id, deal.person_id) AS person_id,
    coalesce(of_organization.entity_id, lead.organization_id, deal.organization_id) AS organization_id,
    lead.lead_id,
    -- A converted lead's activities move to its deal and stay with the lead.
    coalesce(deal.deal_id, lead.deal_id) AS deal_id,
    records.user_id(facts.user_key) AS owner_id,
    facts.due_at,
    facts.created_at,
    facts.updated_at
FROM facts
LEFT JOIN entity_of_record AS of_person ON of_person.record_key = facts.person_key
LEFT JOIN entity_of_record AS of_organization ON of_organization.record_key = facts.organization_key
LEFT JOIN linked_keys AS linked_lead ON linked_lead.reference_key = facts.lead_key
LEFT JOIN linked_keys AS linked_deal ON linked_deal.reference_key = facts.deal_key
LEFT JOIN main.leads AS lead ON lead.lead_id = records.entity_id('lead_', coalesce(linked_lead.record_key, facts.lead_key))
LEFT JOIN main.deals AS deal ON deal.deal_id = records.entity_id('deal_', coalesce(linked_deal.record_key, facts.deal_key))
ORDER BY activity_id;
