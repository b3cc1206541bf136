CREATE VIEW reports.timeline AS
WITH events AS (
    SELECT created_at AS happened_at, 'note' AS event, left(content, 200) AS what, users.name AS by_whom, person_id, organization_id, lead_id, deal_id
    FROM main.notes AS notes LEFT JOIN main.users AS users ON users.user_id = notes.author
    UNION ALL BY NAME
    SELECT coalesce(due_at, created_at) AS happened_at, 'activity' AS event, concat_ws(': ', type, subject) AS what, users.name AS by_whom, person_id, organization_id, lead_id, deal_id
    FROM main.activities AS activities LEFT JOIN main.users AS users ON users.user_id = activities.owner_id
    UNION ALL BY NAME
    SELECT
        history.entered_at AS happened_at, 'stage' AS event, stages.name || ' (' || history.origin || ')' AS what, users.name AS by_whom,
        deals.person_id, deals.organization_id, deals.lead_id, deals.deal_id
    FROM main.deal_stage_history AS history
    JOIN main.deals AS deals USING (deal_id)
    JOIN main.stages AS stages ON stages.stage_id = history.stage_id
    LEFT JOIN main.users AS users ON users.user_id = history.changed_by
    UNION ALL BY NAME
    SELECT
        actions.acted_at AS happened_at, actions.action AS event, coalesce(actions.reason, actions.details['stage'], actions.details['field']) AS what, actions.acted_by AS by_whom,
        deals.person_id, deals.organization_id, deals.lead_id, deals.deal_id
    FROM audit.actions AS actions
    JOIN main.deals AS deals ON actions.entity = 'deal' AND deals.deal_id = records.entity_id('deal_', actions.record_key)
    UNION ALL BY NAME
    SELECT
        actions.acted_at AS happened_at, actions.action AS event, coalesce(actions.reason, actions.details['title']) AS what, actions.acted_by AS by_whom,
        leads.person_id, leads.organization_id, leads.lead_id, leads.deal_id
    FROM audit.actions AS actions
    JOIN main.leads AS leads ON actions.entity = 'lead' AND leads.lead_id = records.entity_id('lead_', actions.record_key)
    UNION ALL BY NAME
    SELECT
        actions.acted_at AS happened_at, actions.action AS event, actions.details['field'] AS what, actions.acted_by AS by_whom,
        CASE WHEN actions.entity = 'person' THEN members.entity_id END AS person_id, CASE WHEN actions.entity = 'organization' THEN members.entity_id END AS organization_id
    FROM audit.actions AS actions
    JOIN (
        SELECT record_key, entity_id FROM audit.person_members UNION ALL SELECT record_key, entity_id FROM audit.organization_members
    ) AS members USING (record_key)
    WHERE actions.action = 'edit'
    UNION ALL BY NAME
    SELECT
        decisions.decided_at AS happened_at, 'decided ' || decisions.decision AS event, decisions.reason AS what, decisions.decided_by AS by_whom,
        CASE WHEN decisions.entity = 'person' THEN about.entity_id END AS person_id, CASE WHEN decisions.entity = 'organization' THEN about.entity_id END AS organization_id
    FROM audit.decisions AS decisions
    -- Whatever its records are part of now; one line for each entity.
    JOIN (
        SELECT DISTINCT decided.sequence, members.entity_id
        FROM (SELECT sequence, unnest(list_concat(records_l, records_r)) AS record_key FROM audit.decisions) AS decided
        JOIN (
            SELECT record_key, entity_id FROM audit.person_members UNION ALL SELECT record_key, entity_id FROM audit.organization_members
        ) AS members USING (record_key)
    ) AS about USING (sequence)
    UNION ALL BY NAME
    -- What came and went with an import that was undone is as if it had never been.
    SELECT
        changed_at AS happened_at, change AS event, history.entity_id || coalesce(' into ' || into_id, '') AS what,
        CASE WHEN entity = 'person' THEN coalesce(into_id, history.entity_id) END AS person_id, CASE WHEN entity = 'organization' THEN coalesce(into_id, history.entity_id) END AS organization_id
    FROM audit.entity_history AS history
    ANTI JOIN (
        SELECT records.entity_id(CASE retired.entity WHEN 'person' THEN 'per_' ELSE 'org_' END, retired.record_key) AS entity_id
        FROM audit.retired_records AS retired
        ANTI JOIN (
            SELECT record_key FROM audit.person_members UNION ALL SELECT record_key FROM audit.organization_members
        ) AS present USING (record_key)
        WHERE retired.entity IN ('person', 'organization')
    ) AS gone USING (entity_id)
    WHERE history.import_id IS NULL OR history.import_id IN (SELECT import_id FROM audit.imports)
    UNION ALL BY NAME
    SELECT imports.received_at AS happened_at, 'import' AS event, met.file AS what, imports.imported_by AS by_whom, met.person_id
    FROM main.person_sources AS met JOIN audit.imports AS imports USING (import_id)
    WHERE NOT met.is_stub
    UNION ALL BY NAME
    SELECT imports.received_at AS happened_at, 'import' AS event, met.file AS what, imports.imported_by AS by_whom, met.organization_id
    FROM main.organization_sources AS met JOIN audit.imports AS imports USING (import_id)
    WHERE NOT met.is_stub
    UNION ALL BY NAME
    SELECT imports.received_at AS happened_at, 'import' AS event, met.file AS what, imports.imported_by AS by_whom, met.lead_id
    FROM main.lead_sources AS met JOIN audit.imports AS imports USING (import_id)
    WHERE NOT met.is_stub
    UNION ALL BY NAME
    SELECT imports.received_at AS happened_at, 'import' AS event, met.file AS what, imports.imported_by AS by_whom, met.deal_id
    FROM main.deal_sources AS met JOIN audit.imports AS imports USING (import_id)
    WHERE NOT met.is_stub
)
SELECT happened_at, event, what, by_whom, person_id, organization_id, lead_id, deal_id
FROM events;
