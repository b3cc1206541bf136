"""Running it: definitions, jobs, schedules, sensors and the command line.

Belongs here: what starts work and what shows its outcome to people. Does not belong here: the work itself.
"""
