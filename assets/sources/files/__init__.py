"""Files: from paths to byte streams. New files go into the archive and the ledger."""
