-- The last edit of each field of the touched entities, with the choice that the field belongs to.
CREATE OR REPLACE TEMP TABLE standing_edits AS
SELECT
    belongs.entity_id,
    actions.details['field'] AS field,
    CASE
        WHEN field IN ('name', 'first_name', 'last_name') THEN 'name'
        WHEN field IN ('street', 'city', 'region', 'postal_code', 'country') THEN 'address'
        ELSE field
    END AS choice,
    actions.details['value'] AS value,
    actions.record_key
FROM audit.actions AS actions
JOIN record_entities AS belongs USING (record_key)
SEMI JOIN touched_entities USING (entity_id)
WHERE actions.entity = $entity AND actions.action = 'edit'
QUALIFY row_number() OVER (PARTITION BY belongs.entity_id, field ORDER BY actions.sequence DESC) = 1;
