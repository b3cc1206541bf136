-- Deals of one pipeline and one owner by name, or all if NULL.
CREATE OR REPLACE MACRO reports.deals_of(of_pipeline, of_owner) AS TABLE
SELECT *
FROM main.deals
WHERE (of_pipeline IS NULL OR pipeline_id IN (SELECT pipeline_id FROM main.pipelines WHERE name = of_pipeline))
    AND (of_owner IS NULL OR owner_id IN (SELECT user_id FROM main.users WHERE coalesce(name, email) = of_owner));
