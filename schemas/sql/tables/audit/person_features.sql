-- The comparison features of each live person record. Stored, so that explaining pairs and looking up contacts is fast.
CREATE TABLE audit.person_features (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- The record, see records.source_persons
    content UBIGINT NOT NULL,  -- Content hash of the record that the features were computed from
    given VARCHAR,  -- Given name, folded
    nicknames VARCHAR[],  -- The given name and its nickname variants
    nickname_keys VARCHAR[],  -- The full name with each variant, for blocking
    family VARCHAR,  -- Family name, folded, without spaces
    family_parts VARCHAR[],  -- Its parts
    full_name VARCHAR,  -- Given and family name
    whole_name VARCHAR,  -- The letters of the full name, without word boundaries
    birth_date VARCHAR,  -- Date of birth
    emails VARCHAR[],  -- Personal addresses
    email_names VARCHAR[],  -- The part of each address before the @
    shared_emails VARCHAR[],  -- Shared addresses of an office
    phones VARCHAR[],  -- Last nine digits of each number
    phone_keys VARCHAR[],  -- Number and start of a name, for blocking
    national_id VARCHAR,  -- A personal number issued by a state
    street VARCHAR,  -- Street, with abbreviations expanded
    city VARCHAR,  -- City
    postal_code VARCHAR,  -- Postal code
    organization_id VARCHAR  -- The resolved employer
);
