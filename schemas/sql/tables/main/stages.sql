-- The stages of each pipeline in order.
CREATE TABLE main.stages (
    stage_id VARCHAR NOT NULL,  -- Lasting id
    pipeline_id VARCHAR NOT NULL,  -- The pipeline, see pipelines
    name VARCHAR NOT NULL,  -- Name as given
    position INTEGER NOT NULL,  -- 1 for the first; open stages by win probability where given, then won, then lost
    probability DOUBLE,  -- Chance of winning that the source most often gives to deals in it, 0 to 1
    status VARCHAR NOT NULL CHECK (status IN ('open', 'won', 'lost'))  -- open, won or lost: what most deals in it are
);
