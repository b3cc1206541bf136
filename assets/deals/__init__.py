"""Plain code for the pipeline half: deals, stages and their history.

No Dagster here; the asset modules call these functions with an open warehouse session.
"""
