-- Every compared pair of {entity} records with its match weight. record_key_l is the smaller key.
CREATE TABLE audit.{entity}_pairs (
    record_key_l VARCHAR NOT NULL,  -- One record, see records.source_{entity}s
    record_key_r VARCHAR NOT NULL,  -- The other
    match_weight DOUBLE NOT NULL,  -- log2 of the Bayes factor of the two records, without the prior
    match_probability DOUBLE NOT NULL,  -- Probability of a match, with the prior of the model version
    band VARCHAR NOT NULL CHECK (band IN ('matched', 'review', 'distinct')),  -- matched, review or distinct
    evidence MAP(VARCHAR, DOUBLE) NOT NULL,  -- Match weight of each comparison
    rule VARCHAR NOT NULL  -- model; decided same or decided different; what links them: stated by the source, same name within the source, same name, no other details; or why matched ones are apart: weak bridge, kept apart
);
