-- Every step of every deal between stages, with its direction, how long the deal had been in the stage before, and where the knowledge comes
-- from. Sum it up between two dates with the macro reports.pipeline_movement_between.
CREATE VIEW reports.pipeline_movement AS
SELECT
    pipelines.name AS pipeline,
    history.entered_at AS moved_at,
    deals.title AS deal,
    before.name AS from_stage,
    after.name AS to_stage,
    CASE
        WHEN before.stage_id IS NULL THEN 'entered'
        WHEN after.status = 'won' THEN 'won'
        WHEN after.status = 'lost' THEN 'lost'
        WHEN after.position > before.position THEN 'forward'
        ELSE 'back'
    END AS direction,
    round(epoch(history.entered_at - previous.entered_at) / 86400, 2) AS days_in_stage_before,
    deals.value,
    deals.currency,
    history.origin,
    history.deal_id,
    pipelines.pipeline_id
FROM main.deal_stage_history AS history
JOIN main.deals AS deals USING (deal_id)
JOIN main.stages AS after ON after.stage_id = history.stage_id
JOIN main.pipelines AS pipelines ON pipelines.pipeline_id = after.pipeline_id
LEFT JOIN main.stages AS before ON before.stage_id = history.from_stage_id
LEFT JOIN main.deal_stage_history AS previous ON previous.deal_id = history.deal_id AND previous.sequence = history.sequence - 1
ORDER BY history.entered_at NULLS FIRST, history.deal_id, history.sequence;
