-- Organization, person, lead and deal records that no other import has.
FROM records.only_from_import($import_id)
ORDER BY ALL
