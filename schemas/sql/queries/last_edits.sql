-- The value that people last gave to each field of a {entity}.
SELECT details['field'] AS field, arg_max(details['value'], sequence) AS value
FROM audit.actions
SEMI JOIN (SELECT record_key FROM audit.{entity}_members WHERE entity_id = $id) USING (record_key)
WHERE action = 'edit' AND entity = '{entity}'
GROUP BY ALL
