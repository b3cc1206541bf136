-- Calls, meetings and tasks on persons, organizations, leads and deals.
CREATE TABLE main.activities (
    activity_id VARCHAR NOT NULL,  -- Permanent id
    subject VARCHAR,  -- Subject as given
    type VARCHAR,  -- Type as given
    is_done BOOLEAN,  -- Whether it is done
    content VARCHAR,  -- The text
    person_id VARCHAR,  -- The person, see persons
    organization_id VARCHAR,  -- The organization, see organizations
    lead_id VARCHAR,  -- The lead, see leads
    deal_id VARCHAR,  -- The deal, see deals
    owner_id VARCHAR,  -- The user who owns it, see users
    due_at TIMESTAMPTZ,  -- When it is due
    created_at TIMESTAMPTZ,  -- When it was created
    updated_at TIMESTAMPTZ  -- When it was last changed
);
