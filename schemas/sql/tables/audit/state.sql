-- What the tables were made from: equal fingerprints mean that everything derived is up to date.
CREATE TABLE audit.state (
    name VARCHAR NOT NULL,  -- derived: what the derived tables were last made from; tables, views: the SQL of them
    fingerprint VARCHAR NOT NULL  -- Hash of the loaded imports and of the models in use
);
