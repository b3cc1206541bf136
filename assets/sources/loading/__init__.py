"""Loading: records, rejected rows and what was decided go into the warehouse."""
