-- Record keys to the ids of their organizations and persons.
CREATE OR REPLACE TEMP TABLE entity_of_record AS
SELECT DISTINCT record_key, organization_id AS entity_id FROM main.organization_sources
UNION ALL
SELECT DISTINCT record_key, person_id FROM main.person_sources;
