-- Clusters that need attention: decisions that contradict each other or their source, groups that only a weak bridge connects,
-- large clusters.
CREATE TABLE audit.cluster_findings (
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    finding VARCHAR NOT NULL,  -- contradiction, weak bridge or large cluster
    record_keys VARCHAR[] NOT NULL,  -- The records concerned
    detail VARCHAR NOT NULL  -- What was found, and how it was handled
);
