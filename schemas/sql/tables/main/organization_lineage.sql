-- Which source record gave each surviving value of each organization, and by which rule.
CREATE TABLE main.organization_lineage (
    organization_id VARCHAR NOT NULL,  -- The organization, see organizations
    field VARCHAR NOT NULL,  -- The column of organizations
    value VARCHAR NOT NULL,  -- The surviving value as text
    record_key VARCHAR NOT NULL,  -- The source record that gave it
    rule VARCHAR NOT NULL  -- Why it survived: only_value, agreed, the criterion that decided (source_priority, most_complete, verified, newest, most_frequent, longest) or first_in_order
);
