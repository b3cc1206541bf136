-- The levels of the models in use, with their probabilities among matches and non-matches, and their match weights.
CREATE TABLE audit.match_weights (
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    comparison VARCHAR NOT NULL,  -- What is compared
    level VARCHAR NOT NULL,  -- Grade of agreement
    place INTEGER NOT NULL,  -- Position among the levels; the first that holds counts
    m_probability DOUBLE NOT NULL,  -- Probability of the level among matches
    u_probability DOUBLE NOT NULL,  -- Probability of the level among non-matches
    match_weight DOUBLE NOT NULL  -- log2(m / u); rare names get more, common names less
);
