"""The commands, one module for each group; each asks another module for an answer and shows it."""
