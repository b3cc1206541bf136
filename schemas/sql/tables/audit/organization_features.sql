-- The comparison features of each live organization record.
CREATE TABLE audit.organization_features (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- The record, see records.source_organizations
    content UBIGINT NOT NULL,  -- Hash of what the record said when these features were made
    name VARCHAR,  -- The name without legal form and article
    initials VARCHAR[],  -- The initials of a long name, or a short name itself
    domain VARCHAR,  -- The registered web domain, none for free mail services
    phone VARCHAR,  -- Last nine digits of the number
    street VARCHAR,  -- Street, abbreviations written out
    city VARCHAR,  -- City
    postal_code VARCHAR  -- Postal code
);
