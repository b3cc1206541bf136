-- Persons, one row each, made of every record that was found to mean the same one. The surviving values are
-- explained in person_lineage and traced to their sources in person_sources.
CREATE TABLE main.persons (
    person_id VARCHAR NOT NULL,  -- Lasting id; a merged id still resolves through audit.id_redirects
    name VARCHAR,  -- Full name
    first_name VARCHAR,  -- Given name
    last_name VARCHAR,  -- Family name
    birth_date DATE,  -- Date of birth
    job_title VARCHAR,  -- Job title as given
    email VARCHAR,  -- The address that survives as the first choice
    phone VARCHAR,  -- The number that survives as the first choice
    emails VARCHAR[],  -- Every address that any source record gives
    phones VARCHAR[],  -- Every number that any source record gives, E.164 where valid, else as given
    organization_id VARCHAR,  -- The employer, see organizations
    street VARCHAR,  -- Street with number
    city VARCHAR,  -- City
    region VARCHAR,  -- State, province or region
    postal_code VARCHAR,  -- Postal code as given
    country VARCHAR,  -- ISO 3166-1 alpha-2 code
    owner_id VARCHAR,  -- The user who owns it, see users
    custom MAP(VARCHAR, VARCHAR),  -- Columns that no field takes, by their original headers
    source_count INTEGER NOT NULL,  -- How many source records it is made of
    first_seen_at TIMESTAMPTZ NOT NULL,  -- When the first import that knew it was received
    updated_at TIMESTAMPTZ  -- Newest time of change that a source gives
);
