-- Persons, one row for each group of matching records. person_lineage explains the surviving values, person_sources
-- lists the source records.
CREATE TABLE main.persons (
    person_id VARCHAR NOT NULL,  -- Permanent id; a merged id still resolves through audit.id_redirects
    name VARCHAR,  -- Full name
    first_name VARCHAR,  -- Given name
    last_name VARCHAR,  -- Family name
    birth_date DATE,  -- Date of birth
    job_title VARCHAR,  -- Job title as given
    email VARCHAR,  -- The surviving address
    phone VARCHAR,  -- The surviving number
    emails VARCHAR[],  -- All addresses of its source records
    phones VARCHAR[],  -- All numbers of its source records, E.164 where valid, else as given
    organization_id VARCHAR,  -- The employer, see organizations
    street VARCHAR,  -- Street with number
    city VARCHAR,  -- City
    region VARCHAR,  -- State, province or region
    postal_code VARCHAR,  -- Postal code as given
    country VARCHAR,  -- ISO 3166-1 alpha-2 code
    owner_id VARCHAR,  -- The user who owns it, see users
    custom MAP(VARCHAR, VARCHAR),  -- Columns without a field, by their original headers
    source_count INTEGER NOT NULL,  -- Number of its source records
    first_seen_at TIMESTAMPTZ NOT NULL,  -- When the first import with it was received
    updated_at TIMESTAMPTZ  -- Latest time of change in its sources
);
