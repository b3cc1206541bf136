"""Services: import, undo, review, decide, edit, convert, train, lookup, doctor, as plain functions.

The command line, Dagster and the desk call the same functions. Belongs here: one function for each user request. Does
not belong here: options, terminals and charts.
"""
