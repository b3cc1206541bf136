-- The models that weighed the pairs, one for each entity: shipped with the program, or trained on the records here and put to use.
CREATE TABLE audit.models (
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    version VARCHAR NOT NULL,  -- The version; a trained one is named after the shipped one with a mark of its own behind +
    trained VARCHAR  -- The trained model as JSON, empty for a shipped one
);
