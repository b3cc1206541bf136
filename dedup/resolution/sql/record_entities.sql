-- The {entity} of every live record: named after the record of its component that the ledger saw first, or after itself.
CREATE OR REPLACE TEMP TABLE record_entities AS
WITH anchors AS (
    SELECT
        record_key,
        arg_min(record_key, row(current.first_seen, record_key)) OVER (PARTITION BY component) AS anchor
    FROM record_components JOIN records.current_{entity}s AS current USING (record_key)
)
SELECT record_key, records.entity_id($prefix, coalesce(anchors.anchor, record_key)) AS entity_id, live_records.content
FROM live_records LEFT JOIN anchors USING (record_key);
