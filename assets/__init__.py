"""What exists: the Dagster assets and their checks, over plain code in the sub-packages.

Belongs here: assets that read, call, write and say what happened; `assets.sources` (detect, read and map files) and
`assets.deals` (stages and conversion) hold the plain code they call. Does not belong here: schedules, commands,
servers.
"""
