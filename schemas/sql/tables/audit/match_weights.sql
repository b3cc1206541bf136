-- What the models in use say of each level of agreement: how often it holds of two records of one entity and of two, and the evidence.
CREATE TABLE audit.match_weights (
    entity VARCHAR NOT NULL CHECK (entity IN ('organization', 'person')),  -- organization or person
    comparison VARCHAR NOT NULL,  -- What is compared
    level VARCHAR NOT NULL,  -- How far the two agree
    place INTEGER NOT NULL,  -- Place among the levels: the first that holds counts
    m_probability DOUBLE NOT NULL,  -- How often it holds of two records of one entity
    u_probability DOUBLE NOT NULL,  -- How often it holds of records of two entities
    match_weight DOUBLE NOT NULL  -- Evidence in bits: log2(m / u); rare names say more, common ones less
);
