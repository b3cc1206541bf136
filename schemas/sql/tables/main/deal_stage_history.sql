-- Every stage that every deal was in, in order. left_at is empty for the stage it is still in.
CREATE TABLE main.deal_stage_history (
    deal_id VARCHAR NOT NULL,  -- The deal, see deals
    sequence INTEGER NOT NULL,  -- 1 for the first known stage, counting up
    from_stage_id VARCHAR,  -- The stage before; empty for the first known one
    from_entered_at TIMESTAMPTZ,  -- When it had entered the stage before; empty where no source says
    stage_id VARCHAR NOT NULL,  -- The stage it entered, see stages
    entered_at TIMESTAMPTZ,  -- When it entered; empty where no source says
    left_at TIMESTAMPTZ,  -- When it left; empty while it is there or where no source says
    changed_by VARCHAR,  -- The user who moved it, see users
    origin VARCHAR NOT NULL CHECK (origin IN ('native', 'inferred', 'conversion', 'manual'))  -- native (the CRM's own history), inferred (from successive imports), conversion or manual (made here)
);
