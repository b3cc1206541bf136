"""Running leadsift: definitions, jobs, schedules, sensors and the command line.

Belongs here: starting work and displaying its outcome. Does not belong here: the work itself.
"""

__version__ = "0.1.0"
"""The version of the program; the package metadata reads it from here."""
