-- Pipelines: ordered sets of stages, as each source has them.
CREATE TABLE main.pipelines (
    pipeline_id VARCHAR NOT NULL,  -- Permanent id
    name VARCHAR NOT NULL,  -- Name as given, else the profile's name for the only pipeline
    source VARCHAR NOT NULL  -- The system it belongs to
);
