"""CRM profiles: one TOML file per CRM and the loader that checks it.

Belongs here: which header of which export means which field. A new CRM is a new TOML file and no Python.
"""
