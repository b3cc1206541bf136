-- The source record of each surviving value of each {entity}, and the rule by which it survived.
CREATE TABLE main.{entity}_lineage (
    {entity}_id VARCHAR NOT NULL,  -- The {entity}, see {entity}s
    field VARCHAR NOT NULL,  -- The column of {entity}s
    value VARCHAR NOT NULL,  -- The surviving value as text
    record_key VARCHAR NOT NULL,  -- The source record that it comes from
    rule VARCHAR NOT NULL  -- Why it survived: only_value, agreed, the criterion that decided (source_priority, most_complete, verified, newest, most_frequent, longest) or first_in_order
);
