"""Study: explaining pairs, training models, measuring clusters. Reads the stores, never writes them."""
