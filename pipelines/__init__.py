"""Running it: definitions, jobs, schedules, sensors and the command line.

Belongs here: what starts work and what shows its outcome to people. Does not belong here: the work itself.
"""

__version__ = "0.1.0"
"""The version of the program; the packaging metadata read it from here."""
