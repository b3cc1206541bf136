-- Value and expected close date of every deal over time: a row for the first known values and one for each change.
CREATE TABLE main.deal_value_history (
    deal_id VARCHAR NOT NULL,  -- The deal, see deals
    sequence INTEGER NOT NULL,  -- From 1 for the first known values
    changed_at TIMESTAMPTZ,  -- When it changed; empty for the first known values if no source states it
    from_value DECIMAL(18,2),  -- Previous value
    value DECIMAL(18,2),  -- New value
    from_currency VARCHAR,  -- Previous ISO 4217 code
    currency VARCHAR,  -- New ISO 4217 code; empty if no source states it
    from_expected_close_date DATE,  -- Previous expected close date
    expected_close_date DATE,  -- New expected close date
    origin VARCHAR NOT NULL CHECK (origin IN ('native', 'inferred', 'conversion'))  -- native (the CRM's own history), inferred (from successive imports) or conversion
);
