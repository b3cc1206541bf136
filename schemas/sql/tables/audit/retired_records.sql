-- Records that only undone imports had. Only their keys are kept, so that their ids can still be looked up.
CREATE TABLE audit.retired_records (
    import_id VARCHAR NOT NULL,  -- The import that was undone
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person', 'lead', 'deal')),  -- organization, person, lead or deal
    record_key VARCHAR NOT NULL  -- Key of the record
);
