-- The latest decision that joined these records to others: its two sides.
SELECT records_l, records_r
FROM audit.decisions
WHERE entity = $entity AND decision = 'same' AND (list_has_all(records_l, $records) OR list_has_all(records_r, $records))
ORDER BY sequence DESC
LIMIT 1
