-- The crosswalk: every source row of every deal.
INSERT INTO main.deal_sources BY NAME
SELECT
    deal_facts.deal_id,
    met.source, met.object, met.external_id, met.record_key, met.import_id, met.file, met.sheet, met.row_number, met.is_stub
FROM records.source_deals AS met
JOIN deal_facts USING (record_key)
ORDER BY met.import_sequence, met.file_ordinal, met.sheet_ordinal, met.row_number, met.record_key, met.is_stub, met.version_key;
