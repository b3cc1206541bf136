-- The probability of each kept pair of {entity} records.
SELECT record_key_l, record_key_r, match_probability FROM audit.{entity}_pairs
