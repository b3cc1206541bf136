-- Suspend decisions if all records of one side are missing because their import was undone, until the records return.
UPDATE audit.decisions SET is_suspended = true
WHERE sequence NOT IN (
    WITH present AS (
        SELECT 'person' AS entity, record_key FROM records.source_persons
        UNION
        SELECT 'organization', record_key FROM records.source_organizations
    ),
    sides AS (
        SELECT entity, sequence, 'left' AS side, unnest(records_l) AS record_key FROM audit.decisions
        UNION ALL
        SELECT entity, sequence, 'right', unnest(records_r) FROM audit.decisions
    )
    SELECT sequence FROM sides JOIN present USING (entity, record_key) GROUP BY sequence HAVING count(DISTINCT side) = 2
);
