-- How many rows a report has, with every column of every row computed.
SELECT count(whole) FROM (SELECT hash(report) AS whole FROM {report} AS report)
