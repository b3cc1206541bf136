"""SQL that several rooms share: tables, macros, reports, checks and queries, one statement per file."""
