-- Records of an entity that only repeat the name of another, with the record that represents them.
CREATE OR REPLACE MACRO records.repeated_names(of_entity) AS TABLE
SELECT record_key_r AS record_key, record_key_l AS representative
FROM (
    SELECT 'person' AS entity, record_key_l, record_key_r, rule FROM audit.person_pairs
    UNION ALL
    SELECT 'organization', record_key_l, record_key_r, rule FROM audit.organization_pairs
)
WHERE entity = of_entity AND rule = 'same name, no other details';
