-- The records of person and organization that a lead names, by all its versions together.
WITH its_versions AS (SELECT * FROM records.source_leads WHERE record_key = $key)
SELECT person_key, organization_key FROM records.current_of_rows('records.source_leads', 'its_versions')
