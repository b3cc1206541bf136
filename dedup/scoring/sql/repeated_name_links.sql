-- Links of organization records that only repeat a name.
SELECT representative AS record_key_l, record_key AS record_key_r, 'same name, no other details' AS rule
FROM repeated_names
ORDER BY ALL
