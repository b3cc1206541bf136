-- Trained models that users put to use and that this version of the program replaced by the shipped ones.
SELECT chosen.entity, chosen.version AS trained, models.version AS used
FROM (
    SELECT entity, arg_max(details['version'], sequence) AS version FROM audit.actions WHERE action = 'use_model' GROUP BY entity
) AS chosen
JOIN audit.models AS models USING (entity)
WHERE chosen.version LIKE '%+%' AND chosen.version <> models.version
ORDER BY chosen.entity
