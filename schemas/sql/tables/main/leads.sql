-- The leads inbox: prequalified possibilities, apart from the pipeline. A converted lead points to its deal.
CREATE TABLE main.leads (
    lead_id VARCHAR NOT NULL,  -- Permanent id
    title VARCHAR,  -- Title as given, else from its person and organization
    person_id VARCHAR,  -- The person, see persons
    organization_id VARCHAR,  -- The organization, see organizations
    status VARCHAR NOT NULL CHECK (status IN ('open', 'archived', 'converted')),  -- open, archived or converted
    channel VARCHAR,  -- Where the lead came from, as given
    value DECIMAL(18,2),  -- Expected value in currency
    currency VARCHAR,  -- ISO 4217 code; empty if no source states it
    labels VARCHAR[],  -- Labels as given; includes other statuses of the source
    owner_id VARCHAR,  -- The user who owns it, see users
    deal_id VARCHAR,  -- The deal it was converted into, see deals
    created_at TIMESTAMPTZ,  -- When the source created it
    updated_at TIMESTAMPTZ,  -- When the source last changed it
    archived_at TIMESTAMPTZ,  -- When it was archived
    converted_at TIMESTAMPTZ,  -- When it was converted
    custom MAP(VARCHAR, VARCHAR)  -- Columns without a field, by their original headers
);
