-- The comparison features of each live person record. Kept, so that pairs can be explained and contacts looked up at once.
CREATE TABLE audit.person_features (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- The record, see records.source_persons
    content UBIGINT NOT NULL,  -- Hash of what the record said when these features were made
    given VARCHAR,  -- Given name, folded
    nicknames VARCHAR[],  -- The given name and the names that it may be short for
    nickname_keys VARCHAR[],  -- The whole name with each of them, by which records are found
    family VARCHAR,  -- Family name, folded, without blanks
    family_parts VARCHAR[],  -- Its parts
    full_name VARCHAR,  -- Given and family name
    whole_name VARCHAR,  -- The letters of the whole name, wherever it is parted
    birth_date VARCHAR,  -- Date of birth
    emails VARCHAR[],  -- Addresses of the person's own
    email_names VARCHAR[],  -- What stands before the @
    shared_emails VARCHAR[],  -- Addresses that an office shares
    phones VARCHAR[],  -- Last nine digits of each number
    phone_keys VARCHAR[],  -- Number and beginning of a name, by which records are found
    national_id VARCHAR,  -- A number that a state gives
    street VARCHAR,  -- Street, abbreviations written out
    city VARCHAR,  -- City
    postal_code VARCHAR,  -- Postal code
    organization_id VARCHAR  -- The employer, resolved
);
