-- A time in UTC, whatever the zone of the client: a month is the same for every reader.
CREATE OR REPLACE MACRO reports.in_utc(moment) AS make_timestamp(epoch_us(moment));
