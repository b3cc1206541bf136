-- Splink's predictions with a match weight of at least $least.
CREATE OR REPLACE TEMP TABLE scored_pairs AS
SELECT * FROM ({prediction}) WHERE match_weight >= $least;
