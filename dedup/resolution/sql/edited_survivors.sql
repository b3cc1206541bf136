-- The survivors, overridden by users' edits; a value that a user cleared is empty.
CREATE OR REPLACE TEMP TABLE survivors AS
WITH edited AS (
    SELECT
        entity_id,
        choice,
        list(field) AS names,
        list({'k': field, 'v': value} ORDER BY field) FILTER (value <> '') AS fields,
        min(record_key) AS record_key
    FROM standing_edits
    GROUP BY ALL
)
SELECT
    entity_id,
    choice,
    coalesce(before.record_key, edited.record_key) AS record_key,
    list_concat(
        list_filter(coalesce(before.fields, []), lambda f: NOT list_contains(coalesce(edited.names, []), f.k)),
        coalesce(edited.fields, [])
    ) AS fields,
    coalesce(before.rule, 'edited') AS rule
FROM survivors AS before FULL JOIN edited USING (entity_id, choice);
