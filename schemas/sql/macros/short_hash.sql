-- Twenty hexadecimal digits that name a text for ever.
CREATE OR REPLACE MACRO records.short_hash(text) AS substr(sha256(text), 1, 20);
