-- The size of each block of at least two records.
CREATE OR REPLACE TEMP TABLE block_sizes AS
{sizes};
