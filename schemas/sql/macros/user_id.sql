-- The id of the user that a record refers to: of the user's own list, where a list of the same import has one that fits.
CREATE OR REPLACE MACRO records.user_id(of_key) AS
    records.entity_id('user_', coalesce((SELECT record_key FROM records.list_links('records.linkable_users') WHERE reference_key = of_key), of_key));
