-- Custom cells of deals, leads, activities and notes.
CREATE OR REPLACE MACRO records.subjects_cells() AS TABLE
SELECT source, record_key, custom FROM records.current_version('records.source_deals') WHERE NOT is_stub
UNION ALL
SELECT source, record_key, custom FROM records.current_version('records.source_leads') WHERE NOT is_stub
UNION ALL
SELECT source, record_key, custom FROM records.current_version('records.source_activities') WHERE NOT is_stub
UNION ALL
SELECT source, record_key, custom FROM records.current_version('records.source_notes') WHERE NOT is_stub;
