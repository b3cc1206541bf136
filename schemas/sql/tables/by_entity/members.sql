-- The {entity} of each live record when {entity}s were last resolved, with its content hash then. Records that differ are resolved again.
CREATE TABLE audit.{entity}_members (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- The record, see records.source_{entity}s
    entity_id VARCHAR NOT NULL,  -- The {entity}, see main.{entity}s
    content UBIGINT NOT NULL  -- Hash of everything that the tables use of this record
);
