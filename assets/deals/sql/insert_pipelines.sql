-- Pipelines that deals, their history or the sources' configuration name.
INSERT INTO main.pipelines BY NAME
SELECT pipeline_id, any_value(coalesce(pipeline, 'Pipeline')) AS name, any_value(source) AS source
FROM (
    SELECT pipeline_id, pipeline, source FROM deal_facts WHERE pipeline_id IS NOT NULL
    UNION ALL BY NAME
    SELECT pipeline_id, pipeline, source FROM configured_stages
)
GROUP BY pipeline_id
ORDER BY pipeline_id;
