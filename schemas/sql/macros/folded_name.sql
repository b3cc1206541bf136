-- A name without case, accents and doubled blanks: how a mention by name finds its record within one source.
CREATE OR REPLACE MACRO records.folded_name(name) AS lower(strip_accents(trim(regexp_replace(name, '\s+', ' ', 'g'))));
