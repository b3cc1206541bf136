-- How many pairs of {entity}s are left apart for review.
SELECT count(*) AS pairs FROM audit.{entity}_pairs WHERE band = 'review'
