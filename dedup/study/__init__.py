"""Study: explaining pairs, training models, measuring clusters. Reads the stores and never writes them."""
