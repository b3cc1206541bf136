-- Retired ids and the entities that they refer to now. Every source record has an id, which is used while the record is alone. So every id
-- ever published is a current id or is listed here. A deal whose conversion was reverted redirects to the deal of a later conversion of its
-- lead, if any.
CREATE TABLE audit.id_redirects (
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person', 'lead', 'deal')),  -- organization, person, lead or deal
    retired_id VARCHAR NOT NULL,  -- The retired id
    current_id VARCHAR,  -- The current id of its entity; empty if the source deleted the record, its import was undone, or its conversion was reverted
    record_key VARCHAR NOT NULL  -- The source record behind the retired id
);
