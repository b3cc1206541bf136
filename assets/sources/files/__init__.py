"""Files: what the user named becomes byte streams; new ones go into the archive and the ledger."""
