-- Organization, person, lead and deal records that no other import has.
CREATE OR REPLACE MACRO records.only_from_import(of_import) AS TABLE
SELECT 'organization' AS entity, record_key FROM records.source_organizations
GROUP BY record_key HAVING bool_and(import_id = of_import)
UNION ALL
SELECT 'person', record_key FROM records.source_persons
GROUP BY record_key HAVING bool_and(import_id = of_import)
UNION ALL
SELECT 'lead', record_key FROM records.source_leads
GROUP BY record_key HAVING bool_and(import_id = of_import)
UNION ALL
SELECT 'deal', record_key FROM records.source_deals
GROUP BY record_key HAVING bool_and(import_id = of_import);
