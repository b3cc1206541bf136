-- Every stage of every deal, in order. left_at is empty for the current stage.
CREATE TABLE main.deal_stage_history (
    deal_id VARCHAR NOT NULL,  -- The deal, see deals
    sequence INTEGER NOT NULL,  -- From 1 for the first known stage
    from_stage_id VARCHAR,  -- The previous stage; empty for the first known one
    from_entered_at TIMESTAMPTZ,  -- When it entered the previous stage; empty if no source states it
    stage_id VARCHAR NOT NULL,  -- The stage it entered, see stages
    entered_at TIMESTAMPTZ,  -- When it entered; empty if no source states it
    left_at TIMESTAMPTZ,  -- When it left; empty for the current stage or if no source states it
    changed_by VARCHAR,  -- The user who moved it, see users
    origin VARCHAR NOT NULL CHECK (origin IN ('native', 'inferred', 'conversion', 'manual'))  -- native (the CRM's own history), inferred (from successive imports), conversion or manual (made here)
);
