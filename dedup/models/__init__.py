"""Match models: comparisons, levels, blocking rules and their probabilities, as declarations and data."""
