-- How many pairs of {entity} records are in each band.
SELECT band, count(*) AS pairs FROM audit.{entity}_pairs GROUP BY band
