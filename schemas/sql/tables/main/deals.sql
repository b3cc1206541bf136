-- Deals: ongoing, won or lost transactions, each in one stage of one pipeline.
CREATE TABLE main.deals (
    deal_id VARCHAR NOT NULL,  -- Permanent id
    title VARCHAR,  -- Title as given
    person_id VARCHAR,  -- The person it is with, see persons
    organization_id VARCHAR,  -- The organization it is with, see organizations
    lead_id VARCHAR,  -- The lead it was converted from, see leads
    pipeline_id VARCHAR,  -- Its pipeline, see pipelines
    stage_id VARCHAR,  -- Its current stage, see stages
    status VARCHAR NOT NULL CHECK (status IN ('open', 'won', 'lost')),  -- open, won or lost
    value DECIMAL(18,2),  -- Value in currency
    currency VARCHAR,  -- ISO 4217 code; empty if no source states it
    value_base DECIMAL(18,2),  -- Value in the base currency of the settings; empty if no rate is known
    probability DOUBLE,  -- Win probability in the source, 0 to 1
    visibility VARCHAR,  -- Who may see it, as given
    owner_id VARCHAR,  -- The user who owns it, see users
    labels VARCHAR[],  -- Labels as given
    expected_close_date DATE,  -- Expected close date
    created_at TIMESTAMPTZ,  -- When the source created it
    updated_at TIMESTAMPTZ,  -- When the source last changed it
    stage_entered_at TIMESTAMPTZ,  -- When it entered its current stage, if known
    won_at TIMESTAMPTZ,  -- When it was won
    lost_at TIMESTAMPTZ,  -- When it was lost
    closed_at TIMESTAMPTZ,  -- When it was won or lost
    lost_reason VARCHAR,  -- Why it was lost, as given
    custom MAP(VARCHAR, VARCHAR)  -- Columns without a field, by their original headers
);
