-- Pipelines as deals and their history name them.
INSERT INTO main.pipelines BY NAME
SELECT DISTINCT pipeline_id, coalesce(pipeline, 'Pipeline') AS name, source
FROM deal_facts
WHERE pipeline_id IS NOT NULL
ORDER BY pipeline_id;
