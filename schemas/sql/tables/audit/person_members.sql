-- Which person each live record belonged to when persons were last resolved, and what it said then. What differs from it now is resolved anew.
CREATE TABLE audit.person_members (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- The record, see records.source_persons
    entity_id VARCHAR NOT NULL,  -- The person, see main.persons
    content UBIGINT NOT NULL  -- Hash of all that reaches the tables from this record
);
