-- Organization, person, lead and deal records that no other import has.
SELECT 'organization' AS entity, record_key FROM records.source_organizations
GROUP BY record_key HAVING bool_and(import_id = $import_id)
UNION ALL
SELECT 'person', record_key FROM records.source_persons
GROUP BY record_key HAVING bool_and(import_id = $import_id)
UNION ALL
SELECT 'lead', record_key FROM records.source_leads
GROUP BY record_key HAVING bool_and(import_id = $import_id)
UNION ALL
SELECT 'deal', record_key FROM records.source_deals
GROUP BY record_key HAVING bool_and(import_id = $import_id)
ORDER BY ALL
