-- Deals and leads that lists refer to, and the records that those are. A reference that leads nowhere stays what it is: no deal is made of it.
CREATE OR REPLACE TEMP TABLE linked_keys AS
SELECT reference_key, record_key FROM records.list_links('records.linkable_deals')
UNION ALL
SELECT reference_key, record_key FROM records.list_links('records.linkable_leads');
