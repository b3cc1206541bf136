"""The Dagster assets and their checks, on top of plain code in the sub-packages.

Belongs here: assets that read, call, write and report; the plain code they call is in `assets.sources` (detect, read
and map files) and `assets.deals` (stages and conversion). Does not belong here: schedules, commands,
servers.
"""
