-- A moment as date and time in UTC, whatever zone a client is set to: a month is the same for every reader.
CREATE OR REPLACE MACRO reports.in_utc(moment) AS make_timestamp(epoch_us(moment));
