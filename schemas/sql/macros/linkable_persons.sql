-- Persons as `list_links` compares them: what their lists give, and what other lists refer to. Persons of a list of deals have no id or name to
-- be found by: they are mentions.
CREATE OR REPLACE MACRO records.linkable_persons() AS TABLE
SELECT
    source, record_key, is_stub AS is_reference,
    if(object = 'contact', external_id, NULL) AS id,
    coalesce(emails, []) AS emails,
    NULL::VARCHAR AS domain,
    if(is_stub OR object = 'contact', records.folded_name(name), NULL) AS name
FROM records.current_persons
WHERE NOT coalesce(is_deleted, false);
