-- Of the values that people gave the lineage says so.
UPDATE main.organization_lineage AS lineage
SET rule = 'edited', record_key = edits.record_key
FROM standing_edits AS edits
WHERE lineage.organization_id = edits.entity_id AND lineage.field = edits.field;
