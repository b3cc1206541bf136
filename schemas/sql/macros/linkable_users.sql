-- Users as `list_links` compares them. The name of an owner may be the id that the list of users gives it.
CREATE OR REPLACE MACRO records.linkable_users() AS TABLE
SELECT
    source, record_key, is_stub AS is_reference,
    CASE
        WHEN object = 'user' AND external_id IS NOT NULL THEN external_id
        WHEN is_stub AND external_id IS NULL THEN name
    END AS id,
    if(email IS NULL, [], [email]) AS emails,
    NULL::VARCHAR AS domain,
    records.folded_name(name) AS name
FROM records.current_version('records.source_users');
