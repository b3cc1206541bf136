-- Organizations, one row for each group of matching records. organization_lineage explains the surviving values,
-- organization_sources lists the source records.
CREATE TABLE main.organizations (
    organization_id VARCHAR NOT NULL,  -- Permanent id; a merged id still resolves through audit.id_redirects
    name VARCHAR,  -- Name as given in a source
    domain VARCHAR,  -- Web domain, lower case, without www
    website VARCHAR,  -- Web address as given
    phone VARCHAR,  -- Phone number, E.164 where valid, else as given
    street VARCHAR,  -- Street with number
    city VARCHAR,  -- City
    region VARCHAR,  -- State, province or region
    postal_code VARCHAR,  -- Postal code as given
    country VARCHAR,  -- ISO 3166-1 alpha-2 code
    industry VARCHAR,  -- Industry as given
    owner_id VARCHAR,  -- The user who owns it, see users
    custom MAP(VARCHAR, VARCHAR),  -- Columns without a field, by their original headers
    source_count INTEGER NOT NULL,  -- Number of its source records
    first_seen_at TIMESTAMPTZ NOT NULL,  -- When the first import with it was received
    updated_at TIMESTAMPTZ  -- Latest time of change in its sources
);
