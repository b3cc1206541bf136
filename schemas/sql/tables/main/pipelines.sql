-- Pipelines: ordered sets of stages, as each source has them.
CREATE TABLE main.pipelines (
    pipeline_id VARCHAR NOT NULL,  -- Lasting id
    name VARCHAR NOT NULL,  -- Name as given, else the name the profile gives to a source's only pipeline
    source VARCHAR NOT NULL  -- The system it belongs to
);
