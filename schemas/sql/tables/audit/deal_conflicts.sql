-- Deals of which a source and people here say different things. The later statement stands; both are kept.
CREATE TABLE audit.deal_conflicts (
    deal_id VARCHAR NOT NULL,  -- The deal
    field VARCHAR NOT NULL CHECK (field IN ('stage', 'status')),  -- stage or status
    local_value VARCHAR,  -- What people here said last: a stage id, or won, lost, open
    local_at TIMESTAMPTZ NOT NULL,  -- When
    source_value VARCHAR,  -- What the source says
    source_at TIMESTAMPTZ,  -- When it came to be so in the source, as far as that is known
    stands VARCHAR NOT NULL CHECK (stands IN ('local', 'source'))  -- local or source: which of the two the deal shows
);
