-- Notes on persons, organizations, leads and deals.
CREATE TABLE main.notes (
    note_id VARCHAR NOT NULL,  -- Permanent id
    content VARCHAR,  -- The text
    person_id VARCHAR,  -- The person, see persons
    organization_id VARCHAR,  -- The organization, see organizations
    lead_id VARCHAR,  -- The lead, see leads
    deal_id VARCHAR,  -- The deal, see deals
    author VARCHAR,  -- The user who wrote it, see users
    created_at TIMESTAMPTZ,  -- When it was written
    updated_at TIMESTAMPTZ  -- When it was last changed
);
