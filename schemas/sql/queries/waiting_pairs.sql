-- How many pairs of {entity}s are waiting for review.
SELECT count(*) AS pairs FROM audit.{entity}_pairs WHERE band = 'review'
