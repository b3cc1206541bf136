-- The stages of each pipeline in order.
CREATE TABLE main.stages (
    stage_id VARCHAR NOT NULL,  -- Permanent id
    pipeline_id VARCHAR NOT NULL,  -- The pipeline, see pipelines
    name VARCHAR NOT NULL,  -- Name as given
    position INTEGER NOT NULL,  -- 1 for the first; open stages by win probability where given, then won, then lost
    probability DOUBLE,  -- Most frequent win probability of its deals in the source, 0 to 1
    status VARCHAR NOT NULL CHECK (status IN ('open', 'won', 'lost'))  -- open, won or lost: the status of most of its deals
);
