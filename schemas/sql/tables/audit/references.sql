-- Records of other lists or tables that each sheet refers to, and how many of them are known: one row for each kind of record.
CREATE TABLE audit.references (
    import_id VARCHAR NOT NULL,  -- The import
    file VARCHAR NOT NULL,  -- The file as the user named it
    sheet VARCHAR NOT NULL,  -- The sheet; empty for delimited text
    column_name VARCHAR NOT NULL,  -- The header; if several columns say which record it is, all of them, separated by commas
    entity VARCHAR NOT NULL,  -- What they refer to: organization, person, lead, deal or user
    row_count INTEGER NOT NULL,  -- Number of rows that refer to a record
    distinct_count INTEGER NOT NULL,  -- Number of records that they refer to: resolved, mentioned and nowhere together
    resolved INTEGER NOT NULL,  -- Records that some import has
    mentioned INTEGER NOT NULL,  -- Records that no import has, but the rows say their name, e-mail address or web domain
    nowhere INTEGER NOT NULL,  -- Records of which nothing is known but the id, and deals and leads that no import has
    examples VARCHAR[] NOT NULL  -- Up to three values that lead nowhere
);
