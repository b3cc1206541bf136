"""Running it: definitions, jobs, schedules, sensors and the command line.

Belongs here: what starts work and what shows its outcome to people. Does not belong here: the work itself.
"""

from pipelines.allocation import keep_freed_memory

keep_freed_memory()  # before anything imports Polars
