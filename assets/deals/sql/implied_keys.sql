-- What deals, leads, activities and notes refer to by columns that no field takes.
CREATE OR REPLACE TEMP TABLE implied_keys AS
SELECT record_key, person_key, organization_key, deal_key, lead_key FROM records.implied_keys('records.subjects_cells');
