-- What people decided about pairs of records: the decision that stands about each. It holds whatever models say.
CREATE TABLE audit.decisions (
    entity VARCHAR NOT NULL,  -- organization or person
    record_key_l VARCHAR NOT NULL,  -- One record
    record_key_r VARCHAR NOT NULL,  -- The other
    decision VARCHAR NOT NULL,  -- same, different or unsure
    decided_by VARCHAR,  -- Who
    decided_at TIMESTAMPTZ NOT NULL,  -- When
    reason VARCHAR  -- Why
);
