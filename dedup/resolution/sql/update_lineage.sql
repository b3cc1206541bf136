-- Lineage of edited values names the edit.
UPDATE main.{entity}_lineage AS lineage
SET rule = 'edited', record_key = edits.record_key
FROM standing_edits AS edits
WHERE lineage.{entity}_id = edits.entity_id AND lineage.field = edits.field;
