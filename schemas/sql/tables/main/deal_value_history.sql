-- What every deal was worth and when it was expected to close, in order: one row for the first known and for each change.
CREATE TABLE main.deal_value_history (
    deal_id VARCHAR NOT NULL,  -- The deal, see deals
    sequence INTEGER NOT NULL,  -- 1 for the first known values, counting up
    changed_at TIMESTAMPTZ,  -- When it changed; empty for the first known values where no source says
    from_value DECIMAL(18,2),  -- Value before
    value DECIMAL(18,2),  -- Value from then on
    from_currency VARCHAR,  -- ISO 4217 code before
    currency VARCHAR,  -- ISO 4217 code from then on; empty where no source says
    from_expected_close_date DATE,  -- Day on which it was to close before
    expected_close_date DATE,  -- Day on which it is to close from then on
    origin VARCHAR NOT NULL CHECK (origin IN ('native', 'inferred', 'conversion'))  -- native (the CRM's own history), inferred (from successive imports) or conversion
);
