CREATE VIEW reports.leads_inbox AS
WITH of_person AS (SELECT DISTINCT person_id FROM main.deals WHERE status = 'open' AND person_id IS NOT NULL),
of_organization AS (SELECT DISTINCT organization_id FROM main.deals WHERE status = 'open' AND organization_id IS NOT NULL),
twins AS (
    SELECT person_id, organization_id, list(lead_id ORDER BY lead_id)[1:11] AS lead_ids
    FROM main.leads
    WHERE status = 'open' AND (person_id IS NOT NULL OR organization_id IS NOT NULL)
    GROUP BY ALL
    HAVING count(*) > 1
)
SELECT
    leads.lead_id,
    leads.title,
    leads.status,
    persons.name AS person,
    organizations.name AS organization,
    leads.channel,
    leads.value,
    leads.currency,
    leads.labels,
    users.name AS owner,
    CASE WHEN leads.person_id IS NULL THEN of_organization.organization_id IS NOT NULL ELSE of_person.person_id IS NOT NULL END AS has_open_deal,
    CASE WHEN leads.status = 'open' THEN list_filter(coalesce(twins.lead_ids, []), lambda id: id <> leads.lead_id)[1:10] ELSE [] END AS duplicate_lead_ids,
    leads.created_at,
    leads.archived_at,
    leads.converted_at,
    leads.deal_id
FROM main.leads AS leads
LEFT JOIN main.persons AS persons USING (person_id)
LEFT JOIN main.organizations AS organizations ON organizations.organization_id = leads.organization_id
LEFT JOIN main.users AS users ON users.user_id = leads.owner_id
LEFT JOIN of_person ON of_person.person_id = leads.person_id
LEFT JOIN of_organization ON of_organization.organization_id = leads.organization_id
LEFT JOIN twins
    ON twins.person_id IS NOT DISTINCT FROM leads.person_id AND twins.organization_id IS NOT DISTINCT FROM leads.organization_id
ORDER BY leads.created_at DESC NULLS LAST, leads.lead_id;
