-- The crosswalk: every source row of every lead.
INSERT INTO main.lead_sources BY NAME
SELECT
    lead_facts.lead_id,
    met.source, met.object, met.external_id, met.record_key, met.import_id, met.file, met.sheet, met.row_number, met.is_stub
FROM records.source_leads AS met
JOIN lead_facts USING (record_key)
ORDER BY met.import_sequence, met.file_ordinal, met.sheet_ordinal, met.row_number, met.record_key, met.is_stub, met.version_key;
