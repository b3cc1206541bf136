-- The number of rows of a report; computes every column of every row.
SELECT count(whole) FROM (SELECT hash(report) AS whole FROM {report} AS report)
