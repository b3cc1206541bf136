-- The models that score pairs, one for each entity: shipped with the program, or trained on the records of this home.
CREATE TABLE audit.models (
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    version VARCHAR NOT NULL,  -- The version; that of a trained model is the shipped version, + and a hash
    trained VARCHAR  -- The trained model as JSON; empty for a shipped one
);
