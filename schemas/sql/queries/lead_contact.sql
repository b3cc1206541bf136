-- The person and organization records that a lead refers to, over all its versions.
WITH its_versions AS (SELECT * FROM records.source_leads WHERE record_key = $key)
SELECT person_key, organization_key FROM records.current_of_rows('records.source_leads', 'its_versions')
