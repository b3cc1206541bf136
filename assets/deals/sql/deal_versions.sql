-- The versions of each deal in successive imports, oldest first: by the time of the last change in the source, else by the time of receipt.
CREATE OR REPLACE TEMP TABLE deal_versions AS
SELECT
    deal_facts.deal_id,
    if(stage_map.to_stage IS NULL, met.source, 'leadsift') AS source,
    coalesce(stage_map.to_pipeline, met.pipeline) AS pipeline,
    coalesce(stage_map.to_stage, met.stage) AS stage,
    met.probability, met.value, met.currency, met.expected_close_date, met.stage_entered_at, met.updated_at, imports.received_at,
    row_number() OVER (
        PARTITION BY met.record_key
        ORDER BY
            met.updated_at NULLS FIRST,
            if(met.updated_at IS NULL, met.import_sequence, 0),
            if(met.updated_at IS NULL, met.file_ordinal, 0),
            if(met.updated_at IS NULL, met.row_number, 0),
            met.version_key DESC
    ) AS place
FROM records.source_deals AS met
JOIN deal_facts USING (record_key)
JOIN audit.imports AS imports ON imports.import_sequence = met.import_sequence
LEFT JOIN stage_map
    ON stage_map.source = met.source AND stage_map.pipeline = coalesce(met.pipeline, 'Pipeline') AND stage_map.stage = met.stage
WHERE NOT met.is_stub;
