"""Leads and deals: the CRM tables, stage histories, actions and conversions.

No Dagster here: the asset modules and `pipelines.services` call these functions.
"""
