-- Ids that are not those of an entity now, and the entity that each means. Every source record has an id of its own
-- that it bears as long as it stands alone, so every id ever published is an id now or is found here. A deal whose conversion was taken back
-- means the deal that its lead was converted into again, if it was.
CREATE TABLE audit.id_redirects (
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person', 'lead', 'deal')),  -- organization, person, lead or deal
    retired_id VARCHAR NOT NULL,  -- The id that is looked up
    current_id VARCHAR,  -- The id of the entity that it means now; empty when its source deleted the record, its import was undone, or its conversion taken back
    record_key VARCHAR NOT NULL  -- The source record behind the retired id
);
