-- The rows of a report, all of them or the first.
SELECT * FROM {report} {order} LIMIT $most
