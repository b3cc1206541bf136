CREATE OR REPLACE MACRO reports.forecast_by_month_of(of_pipeline := NULL, of_owner := NULL, since := NULL, until := NULL) AS TABLE
WITH learnt AS (
    SELECT
        history.stage_id,
        count(DISTINCT history.deal_id) AS closed,
        count(DISTINCT history.deal_id) FILTER (deals.status = 'won') / nullif(count(DISTINCT history.deal_id), 0) AS chance
    FROM main.deal_stage_history AS history
    JOIN main.deals AS deals USING (deal_id)
    WHERE deals.status <> 'open'
    GROUP BY history.stage_id
)
SELECT
    pipelines.name AS pipeline,
    CAST(date_trunc('month', deals.expected_close_date) AS DATE) AS expected_month,
    deals.currency,
    count(*) AS open_deals,
    sum(deals.value) AS total_value,
    CAST(sum(deals.value * coalesce(deals.probability, stages.probability)) AS DECIMAL(18, 2)) AS weighted_value,
    CAST(sum(deals.value * learnt.chance) AS DECIMAL(18, 2)) AS learnt_value,
    count(*) FILTER (learnt.chance IS NULL) AS deals_without_learnt_chance,
    pipelines.pipeline_id
FROM reports.deals_of(of_pipeline, of_owner) AS deals
LEFT JOIN main.stages AS stages USING (stage_id)
LEFT JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = deals.pipeline_id
LEFT JOIN learnt ON learnt.stage_id = deals.stage_id
WHERE deals.status = 'open' AND reports.is_within(deals.expected_close_date, since, until)
GROUP BY ALL
ORDER BY pipeline NULLS LAST, pipelines.pipeline_id, expected_month NULLS LAST, deals.currency NULLS LAST;
