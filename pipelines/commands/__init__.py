"""The commands, one module for each group; each calls a service and shows the result."""
