-- Organization records with nothing but a name, except the first of each name, with the key of that first one. They belong to its
-- organization and are not compared themselves: the number of lists that mention an employer does not matter. A record that its source links
-- to another, or that a user decided about, is compared.
CREATE OR REPLACE TEMP TABLE repeated_names AS
WITH bare AS (
    SELECT record_key, source, object, is_stub, records.folded_name(name) AS folded
    FROM records.current_organizations
    WHERE external_id IS NULL AND NOT coalesce(is_deleted, false) AND records.folded_name(name) <> ''
        AND coalesce(domain, website, email, phone, street, city, postal_code) IS NULL
),
linked_by_name AS (
    SELECT source, records.folded_name(name) AS folded, true AS is_stub
    FROM records.current_organizations
    WHERE name IS NOT NULL AND external_id IS NOT NULL AND NOT coalesce(is_deleted, false)
    GROUP BY ALL
    HAVING count(*) = 1
),
without_duplicates AS (
    SELECT source, object, false AS is_stub
    FROM records.sheets
    WHERE is_unique AND table_name = 'records.source_organizations'
),
stated AS (
    SELECT unnest([record_key, same_as_key]) AS record_key FROM records.current_organizations WHERE same_as_key IS NOT NULL
    UNION ALL
    SELECT unnest([record_key_l, record_key_r]) FROM audit.decisions WHERE entity = 'organization'
)
SELECT record_key, min(record_key) OVER (PARTITION BY folded) AS representative
FROM bare
ANTI JOIN linked_by_name USING (source, folded, is_stub)
ANTI JOIN without_duplicates USING (source, object, is_stub)
ANTI JOIN stated USING (record_key)
QUALIFY record_key <> representative;
