-- One row for each surviving field: its value, the record that it comes from, and the rule by which it survived.
INSERT INTO main.{entity}_lineage BY NAME
SELECT entity_id AS {entity}_id, field.k AS field, field.v AS value, record_key, rule
FROM (SELECT entity_id, record_key, rule, unnest(fields) AS field FROM survivors);
