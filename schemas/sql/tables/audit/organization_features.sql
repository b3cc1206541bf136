-- The comparison features of each live organization record.
CREATE TABLE audit.organization_features (
    record_key VARCHAR NOT NULL USING COMPRESSION uncompressed,  -- The record, see records.source_organizations
    content UBIGINT NOT NULL,  -- Content hash of the record that the features were computed from
    name VARCHAR,  -- The name without legal form and article
    initials VARCHAR[],  -- The initials of a long name, or a short name
    domain VARCHAR,  -- The registered web domain; empty for free mail services
    phone VARCHAR,  -- Last nine digits of the number
    street VARCHAR,  -- Street, with abbreviations expanded
    city VARCHAR,  -- City
    postal_code VARCHAR  -- Postal code
);
