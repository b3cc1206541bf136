-- References between lists that came in one import, and the one record that each fits: by the id that its list gives it, by e-mail address,
-- by web domain, or by name. Only current values count. Ids count only if nine of ten ids that one list refers to are ids of the other; an id
-- that leads nowhere leaves the rest of the row to decide. A reference that fits several records fits none. An id that the list itself gives
-- to a record refers to that record, whatever other lists number alike. `linkable` is one of the macros `records.linkable_<entity>s`.
CREATE OR REPLACE MACRO records.list_links(linkable) AS TABLE
WITH known AS (
    FROM query('FROM ' || linkable || '()')
),
sharing AS (
    SELECT DISTINCT one.source, other.source AS shared_with
    FROM records.sheets AS one
    JOIN records.sheets AS other USING (import_id)
),
parts AS (
    SELECT source, record_key, is_reference, 'id' AS fits_by, id AS value FROM known WHERE id IS NOT NULL
    UNION ALL
    SELECT source, record_key, is_reference, 'email', unnest(emails) FROM known
    UNION ALL
    SELECT source, record_key, is_reference, 'domain', domain FROM known WHERE domain IS NOT NULL
    UNION ALL
    SELECT source, record_key, is_reference, 'name', name FROM known WHERE name IS NOT NULL
),
fitting AS (
    SELECT
        referring.source, referring.record_key AS reference_key, referring.fits_by, referring.value,
        offered.record_key, offered.source AS list
    FROM parts AS referring
    JOIN sharing ON sharing.source = referring.source
    JOIN parts AS offered
        ON offered.fits_by = referring.fits_by
        AND offered.value = referring.value
        AND offered.source = sharing.shared_with
    WHERE referring.is_reference AND NOT offered.is_reference
),
referred AS (
    SELECT source, count(DISTINCT value) AS ids FROM parts WHERE is_reference AND fits_by = 'id' GROUP BY ALL
),
contained AS (
    SELECT fitting.source, fitting.list
    FROM fitting
    JOIN referred USING (source)
    WHERE fitting.fits_by = 'id'
    GROUP BY fitting.source, fitting.list, referred.ids
    HAVING count(DISTINCT fitting.value) >= 0.9 * referred.ids
),
sure AS (
    SELECT * FROM fitting WHERE fits_by <> 'id'
    UNION ALL
    SELECT fitting.* FROM fitting SEMI JOIN contained USING (source, list) WHERE fits_by = 'id'
)
SELECT reference_key, min(record_key) AS record_key, fits_by
FROM sure
GROUP BY reference_key, fits_by
HAVING count(DISTINCT record_key) = 1
QUALIFY row_number() OVER (PARTITION BY reference_key ORDER BY list_position(['id', 'email', 'domain', 'name'], fits_by)) = 1;
