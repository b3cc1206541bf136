-- Stage changes seen between successive imports of deals for which no CRM history is known. The time is what the source says
-- (last stage change, else last change of the record), else when the import that showed the move was received; the first known
-- stage has a time only if the source gives one.
CREATE OR REPLACE TEMP TABLE inferred_history AS
WITH versions AS (
    SELECT
        deal_facts.deal_id,
        'stage_' || records.short_hash(met.source || chr(31) || coalesce(met.pipeline, '') || chr(31) || met.stage) AS stage_id,
        met.source, met.pipeline, met.stage, met.probability, met.stage_entered_at, met.updated_at, imports.received_at,
        row_number() OVER (
            PARTITION BY met.record_key
            ORDER BY
                met.updated_at NULLS FIRST,
                if(met.updated_at IS NULL, met.import_sequence, 0),
                if(met.updated_at IS NULL, met.file_ordinal, 0),
                if(met.updated_at IS NULL, met.row_number, 0),
                met.version_key DESC
        ) AS place
    FROM (
        SELECT
            rows.* REPLACE (
                if(stage_map.to_stage IS NULL, rows.source, 'leadsift') AS source,
                coalesce(stage_map.to_pipeline, rows.pipeline) AS pipeline,
                coalesce(stage_map.to_stage, rows.stage) AS stage
            )
        FROM records.source_deals AS rows
        LEFT JOIN stage_map
            ON stage_map.source = rows.source AND stage_map.pipeline = coalesce(rows.pipeline, 'Pipeline') AND stage_map.stage = rows.stage
    ) AS met
    JOIN deal_facts USING (record_key)
    JOIN audit.imports AS imports ON imports.import_sequence = met.import_sequence
    WHERE NOT met.is_stub AND met.stage IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM native_history WHERE native_history.deal_id = deal_facts.deal_id)
),
moves AS (
    SELECT *, lag(stage_id) OVER (PARTITION BY deal_id ORDER BY place) AS from_stage_id
    FROM versions
    QUALIFY stage_id IS DISTINCT FROM lag(stage_id) OVER (PARTITION BY deal_id ORDER BY place)
)
SELECT
    *,
    CASE WHEN from_stage_id IS NULL THEN stage_entered_at ELSE coalesce(stage_entered_at, updated_at, received_at) END AS entered_at
FROM moves;
