-- Splink's predictions of at least $least bits.
SELECT * FROM ({prediction}) WHERE match_weight >= $least
