-- Splink's predictions with a match weight of at least $least.
SELECT * FROM ({prediction}) WHERE match_weight >= $least
