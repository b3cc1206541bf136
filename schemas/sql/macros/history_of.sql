-- Steps of deals of one pipeline and owner in a period; of all if NULL. (A subquery that is always false costs nothing.)
CREATE OR REPLACE MACRO reports.history_of(of_pipeline, of_owner, made_since, made_until) AS TABLE
SELECT *
FROM main.deal_stage_history
WHERE (
        of_pipeline IS NULL
        OR stage_id IN (SELECT stage_id FROM main.stages JOIN main.pipelines USING (pipeline_id) WHERE pipelines.name = of_pipeline)
    )
    AND (
        (of_owner IS NULL AND made_since IS NULL AND made_until IS NULL)
        OR deal_id IN (
            SELECT deal_id FROM reports.deals_of(NULL, of_owner)
            WHERE NOT (of_owner IS NULL AND made_since IS NULL AND made_until IS NULL)
                AND reports.is_within(created_at, made_since, made_until)
        )
    );
