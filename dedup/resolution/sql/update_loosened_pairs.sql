-- Rejected edges get the rule that says why.
UPDATE audit.{entity}_pairs AS pairs
SET band = if(loosened.rule = 'kept apart', 'distinct', 'review'), rule = loosened.rule
FROM loosened_pairs AS loosened
WHERE loosened.record_key_l = pairs.record_key_l AND loosened.record_key_r = pairs.record_key_r;
