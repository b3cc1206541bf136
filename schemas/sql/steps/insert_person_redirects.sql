-- Ids of person records that do not anchor an entity now. A record that its source deleted leads nowhere unless others share its entity.
INSERT INTO audit.id_redirects BY NAME
SELECT
    'person' AS entity,
    records.entity_id($prefix, current_persons.record_key) AS retired_id,
    members.entity_id AS current_id,
    current_persons.record_key
FROM current_persons
LEFT JOIN person_members AS members USING (record_key)
WHERE retired_id IS DISTINCT FROM current_id
ORDER BY ALL;
