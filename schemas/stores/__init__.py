"""Stores: archive, ledger, warehouse, published file and the settings that say where they are.

Belongs here: keeping bytes, facts and tables, and opening them. Does not belong here: what the tables are derived from.
"""
