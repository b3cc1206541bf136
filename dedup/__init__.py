"""How two records are found to be one: normalising, Splink models, clustering, identity, survivorship.

Belongs here: comparison features, the models, scoring, components, ids and golden rows.
Does not belong here: Dagster, paths, files. Callers pass frames and a connection.
"""
