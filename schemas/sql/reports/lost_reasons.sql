CREATE OR REPLACE MACRO reports.lost_reasons_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH last_open AS (
    SELECT history.deal_id, arg_max(stages.name, history.sequence) AS stage, arg_max(stages.position, history.sequence) AS stage_position
    FROM main.deal_stage_history AS history
    JOIN main.stages AS stages USING (stage_id)
    WHERE stages.status = 'open'
    GROUP BY history.deal_id
)
SELECT
    pipelines.name AS pipeline,
    last_open.stage_position,
    last_open.stage AS lost_at_stage,
    deals.lost_reason,
    deals.currency,
    count(*) AS deals,
    sum(deals.value) AS lost_value,
    pipelines.pipeline_id
FROM reports.deals_of(of_pipeline, of_owner) AS deals
LEFT JOIN last_open USING (deal_id)
LEFT JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = deals.pipeline_id
WHERE deals.status = 'lost' AND reports.is_within(deals.closed_at, since, until)
GROUP BY ALL
ORDER BY pipeline NULLS LAST, pipelines.pipeline_id, last_open.stage_position NULLS LAST, deals DESC, lost_reason NULLS LAST, deals.currency NULLS LAST;
