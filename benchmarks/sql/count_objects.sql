SELECT
    (SELECT count(*) FROM deals) AS deals,
    (SELECT count(*) FROM leads) AS leads,
    (SELECT count(*) FROM persons) AS persons,
    (SELECT count(*) FROM organizations) AS organizations,
    (SELECT count(*) FROM users) AS users,
    (SELECT count(*) FROM activities) + (SELECT count(*) FROM notes) AS activities,
    (SELECT coalesce(round(sum(value), 2), 0)::DOUBLE FROM deals) AS value,
    (SELECT count(*) FROM deals WHERE status = 'won') AS status_won,
    (SELECT count(*) FROM deals WHERE status = 'lost') AS status_lost,
    (SELECT count(*) FROM deals WHERE status = 'open') AS status_open,
    (SELECT count(*) FROM leads WHERE status = 'archived') AS lead_status_archived,
    (SELECT count(*) FROM leads WHERE status = 'converted') AS lead_status_converted,
    (SELECT count(*) FROM deals JOIN organizations USING (organization_id) WHERE organizations.name IS NOT NULL)
        AS deals_with_organization,
    (SELECT count(*) FROM deals JOIN persons USING (person_id) WHERE persons.name IS NOT NULL OR len(persons.emails) > 0)
        AS deals_with_person,
    (SELECT count(owner_id) FROM deals) AS deals_with_owner,
    (SELECT count(*) FROM deals JOIN leads USING (lead_id)) AS deals_with_lead,
    (SELECT count(*) FROM leads JOIN persons USING (person_id) WHERE persons.name IS NOT NULL OR len(persons.emails) > 0)
        AS leads_with_person,
    (SELECT count(owner_id) FROM leads) AS leads_with_owner,
    (SELECT count(*) FROM persons JOIN organizations USING (organization_id) WHERE organizations.name IS NOT NULL)
        AS contacts_with_organization,
    (SELECT count(DISTINCT (file, sheet, row_number)) FROM person_sources WHERE NOT is_stub) AS contact_rows,
    (SELECT count(DISTINCT (file, sheet, row_number)) FROM organization_sources WHERE NOT is_stub) AS organization_rows
