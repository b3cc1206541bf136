-- A permanent hash of a text: twenty hexadecimal digits.
CREATE OR REPLACE MACRO records.short_hash(text) AS substr(sha256(text), 1, 20);
