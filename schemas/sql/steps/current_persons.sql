-- The person records that count, deleted ones included, with the place in which the ledger first saw each.
CREATE OR REPLACE TEMP TABLE current_persons AS
SELECT * FROM records.current_version('records.source_persons');
