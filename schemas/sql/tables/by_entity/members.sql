-- Which {entity} each live record belonged to when {entity}s were last resolved, and what it said then. What differs from it now is resolved anew.
CREATE TABLE audit.{entity}_members (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- The record, see records.source_{entity}s
    entity_id VARCHAR NOT NULL,  -- The {entity}, see main.{entity}s
    content UBIGINT NOT NULL  -- Hash of all that reaches the tables from this record
);
