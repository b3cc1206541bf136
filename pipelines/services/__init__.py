"""Services: import, undo, review, decide, edit, convert, train, look-up, doctor, as plain functions.

The command line, Dagster and the desk call the same ones. Belongs here: one function per thing a user can ask for.
Does not belong here: options, terminals and pictures.
"""
