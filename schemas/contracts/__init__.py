"""Contracts: the words of the field, record fields, keys and errors that every other room uses.

Belongs here: small types and declarations without I/O. Does not belong here: where anything is kept (`schemas.stores`).
"""
