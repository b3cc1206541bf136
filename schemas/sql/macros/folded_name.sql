-- A name without case, accents and repeated spaces: references by name use it to find their record within one source.
CREATE OR REPLACE MACRO records.folded_name(name) AS lower(strip_accents(trim(regexp_replace(name, '\s+', ' ', 'g'))));
