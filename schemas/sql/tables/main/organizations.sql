-- Organizations, one row each, made of every record that was found to mean the same one. The surviving values are
-- explained in organization_lineage and traced to their sources in organization_sources.
CREATE TABLE main.organizations (
    organization_id VARCHAR NOT NULL,  -- Lasting id; a merged id still resolves through audit.id_redirects
    name VARCHAR,  -- Name as a source gives it
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
    custom MAP(VARCHAR, VARCHAR),  -- Columns that no field takes, by their original headers
    source_count INTEGER NOT NULL,  -- How many source records it is made of
    first_seen_at TIMESTAMPTZ NOT NULL,  -- When the first import that knew it was received
    updated_at TIMESTAMPTZ  -- Newest time of change that a source gives
);
