-- Deals about which a source and users disagree. The later statement wins; both are kept.
CREATE TABLE audit.deal_conflicts (
    deal_id VARCHAR NOT NULL,  -- The deal
    field VARCHAR NOT NULL CHECK (field IN ('stage', 'status')),  -- stage or status
    local_value VARCHAR,  -- The users' last value: a stage id, or won, lost, open
    local_at TIMESTAMPTZ NOT NULL,  -- When they set it
    source_value VARCHAR,  -- The value in the source
    source_at TIMESTAMPTZ,  -- When it was set in the source, if known
    winner VARCHAR NOT NULL CHECK (winner IN ('local', 'source'))  -- local or source: whose value the deal has
);
