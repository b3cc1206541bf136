-- What the tables were made from: equal fingerprints mean that everything derived is up to date.
CREATE TABLE audit.state (
    name VARCHAR NOT NULL,  -- records (what is loaded) or derived (what was last derived)
    fingerprint VARCHAR NOT NULL  -- Hash of the loaded imports and of the models in use
);
