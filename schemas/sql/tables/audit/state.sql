-- Fingerprints of the parts of the warehouse. A part whose fingerprint has not changed is up to date.
CREATE TABLE audit.state (
    name VARCHAR NOT NULL,  -- The part: tables, views, the records, pairs and entities of organizations and persons, derived (everything), published without; cause names an import instead
    fingerprint VARCHAR NOT NULL  -- Hash of what the part was derived from: SQL, imports, facts, models and settings
);
