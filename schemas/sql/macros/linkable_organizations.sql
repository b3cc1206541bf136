-- Organizations as `list_links` compares them. A company of which a row of another list gives nothing but the name is a reference, and the name
-- may be the id that its own list gives it.
CREATE OR REPLACE MACRO records.linkable_organizations() AS TABLE
SELECT
    source, record_key, is_reference,
    CASE WHEN object = 'organization' AND external_id IS NOT NULL THEN external_id WHEN is_reference AND external_id IS NULL THEN name END AS id,
    []::VARCHAR[] AS emails,
    domain,
    if(is_reference OR object = 'organization', records.folded_name(name), NULL) AS name
FROM (
    SELECT
        *,
        is_stub OR (
            external_id IS NULL AND object <> 'organization'
            AND coalesce(domain, website, email, phone, street, city, postal_code) IS NULL
        ) AS is_reference
    FROM records.current_organizations
    WHERE NOT coalesce(is_deleted, false)
);
