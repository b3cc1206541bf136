-- References between lists that came in one import, and the one record that each fits: by the id that its list gives it, by e-mail address,
-- by web domain, or by name. Ids count only if nine of ten ids that one list refers to are ids of the other. A reference that fits several
-- records fits none. An id that the list itself gives to a record refers to that record, whatever other lists number alike.
CREATE OR REPLACE MACRO records.list_links() AS TABLE
WITH sharing AS (
    SELECT DISTINCT one.source, other.source AS shared_with
    FROM records.sheets AS one
    JOIN records.sheets AS other USING (import_id)
),
offers AS (
    SELECT 'person' AS entity, source, record_key, 'id' AS fits_by, external_id AS value
    FROM records.source_persons WHERE NOT is_stub AND object = 'contact'
    UNION
    SELECT 'person', source, record_key, 'email', unnest(emails) FROM records.source_persons WHERE NOT is_stub
    UNION
    SELECT 'person', source, record_key, 'name', records.folded_name(name)
    FROM records.source_persons WHERE NOT is_stub AND object = 'contact'
    UNION
    SELECT 'organization', source, record_key, 'id', external_id
    FROM records.source_organizations WHERE NOT is_stub AND object = 'organization'
    UNION
    SELECT 'organization', source, record_key, 'domain', domain FROM records.source_organizations WHERE NOT is_stub
    UNION
    SELECT 'organization', source, record_key, 'name', records.folded_name(name)
    FROM records.source_organizations WHERE NOT is_stub AND object = 'organization'
    UNION
    SELECT 'deal', source, record_key, 'id', external_id FROM records.source_deals WHERE NOT is_stub AND object = 'deal'
    UNION
    SELECT 'deal', source, record_key, 'name', records.folded_name(title) FROM records.source_deals WHERE NOT is_stub
    UNION
    SELECT 'lead', source, record_key, 'id', external_id FROM records.source_leads WHERE NOT is_stub AND object = 'lead'
    UNION
    SELECT 'lead', source, record_key, 'name', records.folded_name(title) FROM records.source_leads WHERE NOT is_stub
    UNION
    SELECT 'user', source, record_key, 'id', external_id FROM records.source_users WHERE NOT is_stub AND object = 'user'
    UNION
    SELECT 'user', source, record_key, 'email', email FROM records.source_users WHERE NOT is_stub
    UNION
    SELECT 'user', source, record_key, 'name', records.folded_name(name) FROM records.source_users WHERE NOT is_stub
),
mentioned_companies AS (
    -- Companies of which a row of another list gives nothing but the name, which may be the id that their own list gives them.
    SELECT source, record_key, name
    FROM records.source_organizations
    WHERE external_id IS NULL
        AND (is_stub OR (object <> 'organization' AND coalesce(domain, website, email, phone, street, city, postal_code) IS NULL))
),
referring AS (
    SELECT 'person' AS entity, source, record_key, 'id' AS fits_by, external_id AS value
    FROM records.source_persons WHERE is_stub AND object = 'contact'
    UNION
    SELECT 'person', source, record_key, 'email', unnest(emails)
    FROM records.source_persons WHERE is_stub AND external_id IS NULL
    UNION
    SELECT 'person', source, record_key, 'name', records.folded_name(name)
    FROM records.source_persons WHERE is_stub AND external_id IS NULL
    UNION
    SELECT 'organization', source, record_key, 'id', external_id
    FROM records.source_organizations WHERE is_stub AND object = 'organization'
    UNION
    SELECT 'organization', source, record_key, 'domain', domain
    FROM records.source_organizations WHERE is_stub AND external_id IS NULL
    UNION
    SELECT 'organization', source, record_key, 'name', records.folded_name(name) FROM mentioned_companies
    UNION
    SELECT 'organization', source, record_key, 'id', name FROM mentioned_companies
    UNION
    SELECT 'deal', source, record_key, 'id', external_id FROM records.source_deals WHERE is_stub AND object = 'deal'
    UNION
    SELECT 'deal', source, record_key, 'name', records.folded_name(title)
    FROM records.source_deals WHERE is_stub AND external_id IS NULL
    UNION
    SELECT 'lead', source, record_key, 'id', external_id FROM records.source_leads WHERE is_stub AND object = 'lead'
    UNION
    SELECT 'lead', source, record_key, 'name', records.folded_name(title)
    FROM records.source_leads WHERE is_stub AND external_id IS NULL
    UNION
    SELECT 'user', source, record_key, 'id', coalesce(external_id, name)
    FROM records.source_users WHERE is_stub AND (object = 'user' OR external_id IS NULL)
    UNION
    SELECT 'user', source, record_key, 'email', email FROM records.source_users WHERE is_stub AND external_id IS NULL
    UNION
    SELECT 'user', source, record_key, 'name', records.folded_name(name)
    FROM records.source_users WHERE is_stub AND external_id IS NULL
),
found_at_home AS (
    SELECT DISTINCT entity, record_key FROM offers WHERE fits_by = 'id'
),
fitting AS (
    SELECT
        referring.entity, referring.source, referring.record_key AS reference_key, referring.fits_by, referring.value,
        offers.record_key, offers.source AS list
    FROM referring
    ANTI JOIN found_at_home ON found_at_home.entity = referring.entity AND found_at_home.record_key = referring.record_key
    JOIN sharing ON sharing.source = referring.source
    JOIN offers
        ON offers.entity = referring.entity
        AND offers.fits_by = referring.fits_by
        AND offers.value = referring.value
        AND offers.source = sharing.shared_with
        AND offers.record_key <> referring.record_key
),
referred AS (
    SELECT entity, source, count(DISTINCT value) AS ids FROM referring WHERE fits_by = 'id' GROUP BY ALL
),
contained AS (
    SELECT fitting.entity, fitting.source, fitting.list
    FROM fitting
    JOIN referred USING (entity, source)
    WHERE fitting.fits_by = 'id'
    GROUP BY fitting.entity, fitting.source, fitting.list, referred.ids
    HAVING count(DISTINCT fitting.value) >= 0.9 * referred.ids
),
sure AS (
    SELECT * FROM fitting WHERE fits_by <> 'id'
    UNION ALL
    SELECT fitting.* FROM fitting SEMI JOIN contained USING (entity, source, list) WHERE fits_by = 'id'
)
SELECT entity, source, reference_key, min(record_key) AS record_key, fits_by
FROM sure
GROUP BY entity, source, reference_key, fits_by
HAVING count(DISTINCT record_key) = 1
QUALIFY row_number() OVER (
    PARTITION BY entity, reference_key
    ORDER BY list_position(['id', 'email', 'domain', 'name'], fits_by)
) = 1;
