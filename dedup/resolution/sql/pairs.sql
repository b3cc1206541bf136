-- Every kept pair of {entity} records.
SELECT record_key_l, record_key_r, match_weight, match_probability, band, rule FROM audit.{entity}_pairs
