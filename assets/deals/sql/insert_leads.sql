-- The leads inbox. A source status that leadsift does not know is kept as a label.
INSERT INTO main.leads BY NAME
SELECT
    lead_facts.lead_id,
    coalesce(lead_facts.title, nullif(concat_ws(' – ', person.name, organization.name), '')) AS title,
    of_person.entity_id AS person_id,
    of_organization.entity_id AS organization_id,
    lead_facts.decided_status AS status,
    lead_facts.channel,
    lead_facts.value,
    if(lead_facts.value IS NULL, NULL, lead_facts.currency) AS currency,
    list_distinct(list_concat(
        coalesce(lead_facts.labels, []),
        if(lead_facts.status IS NULL OR lower(lead_facts.status) IN ('open', 'archived', 'converted'), [], [lead_facts.status])
    )) AS labels,
    records.user_id(lead_facts.user_key) AS owner_id,
    deal_facts.deal_id,
    lead_facts.created_at,
    lead_facts.updated_at,
    if(lead_facts.decided_status = 'open', NULL, lead_facts.archived_at) AS archived_at,
    lead_facts.converted_at,
    lead_facts.custom
FROM lead_facts
LEFT JOIN entity_of_record AS of_person ON of_person.record_key = lead_facts.person_key
LEFT JOIN entity_of_record AS of_organization ON of_organization.record_key = lead_facts.organization_key
LEFT JOIN main.persons AS person ON person.person_id = of_person.entity_id
LEFT JOIN main.organizations AS organization ON organization.organization_id = of_organization.entity_id
LEFT JOIN deal_facts ON deal_facts.record_key = lead_facts.deal_key
ORDER BY lead_facts.lead_id;
