-- What a person should know about how records were put together: decisions that contradict each other or their source, groups
-- that only a weak bridge connects, clusters that grew large.
CREATE TABLE audit.cluster_findings (
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    finding VARCHAR NOT NULL,  -- contradiction, weak bridge or large cluster
    record_keys VARCHAR[] NOT NULL,  -- The records that it is about
    detail VARCHAR NOT NULL  -- What was found and what was done
);
