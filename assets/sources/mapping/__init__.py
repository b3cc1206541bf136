"""Mapping: a table and a profile become typed records, with nothing left over."""
