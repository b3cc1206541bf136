-- The value history of deals: from the CRM if it has one, else from successive imports, never both for one deal. The last step is the current
-- value, if the history ends with another one. A version without a value leaves the value as it was. No change goes back in time, as in the
-- stage history.
INSERT INTO main.deal_value_history BY NAME
WITH native AS (
    SELECT * FROM deal_saves WHERE value IS NOT NULL OR expected_close_date IS NOT NULL
),
seen AS (
    SELECT
        deal_id,
        place,
        if(place = 1, NULL, coalesce(updated_at, received_at)) AS changed_at,
        last_value(if(value IS NULL, NULL, {'value': value, 'currency': currency}) IGNORE NULLS) OVER in_time AS worth,
        last_value(expected_close_date IGNORE NULLS) OVER in_time AS expected_close_date
    FROM deal_versions
    ANTI JOIN native USING (deal_id)
    WINDOW in_time AS (PARTITION BY deal_id ORDER BY place)
),
received AS (SELECT deal_id, max(received_at) AS received_at FROM deal_versions GROUP BY deal_id),
changes AS (
    SELECT deal_id, place, entered_at AS changed_at, value, currency, expected_close_date, 'native' AS origin FROM native
    UNION ALL BY NAME
    SELECT deal_id, place, changed_at, worth.value AS value, worth.currency AS currency, expected_close_date, 'inferred' AS origin FROM seen
    UNION ALL BY NAME
    SELECT
        deal_id, 9223372036854775807 AS place, if(is_local, created_at, coalesce(updated_at, received_at)) AS changed_at,
        value, currency, expected_close_date, if(is_local, 'conversion', 'inferred') AS origin
    FROM deal_facts LEFT JOIN received USING (deal_id)
),
dated AS (
    SELECT
        * REPLACE (if(value IS NULL, NULL, currency) AS currency, max(changed_at) OVER in_order AS changed_at),
        {'value': value, 'currency': if(value IS NULL, NULL, currency), 'day': expected_close_date} AS whole
    FROM changes
    WINDOW in_order AS (PARTITION BY deal_id ORDER BY place)
),
folded AS (
    SELECT *, lag(whole) OVER (PARTITION BY deal_id ORDER BY place) AS before
    FROM dated
    QUALIFY whole IS DISTINCT FROM lag(whole) OVER (PARTITION BY deal_id ORDER BY place)
)
SELECT
    deal_id,
    row_number() OVER (PARTITION BY deal_id ORDER BY place) AS sequence,
    changed_at,
    before.value AS from_value,
    value,
    before.currency AS from_currency,
    currency,
    before.day AS from_expected_close_date,
    expected_close_date,
    origin
FROM folded
ORDER BY deal_id, sequence;
