-- Which organization each live record belonged to when organizations were last resolved, and what it said then. What differs from it now is resolved anew.
CREATE TABLE audit.organization_members (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- The record, see records.source_organizations
    entity_id VARCHAR NOT NULL,  -- The organization, see main.organizations
    content UBIGINT NOT NULL  -- Hash of all that reaches the tables from this record
);
