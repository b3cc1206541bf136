"""Contracts: vocabulary, record fields, keys and errors that every package uses.

Belongs here: small types and declarations without I/O. Does not belong here: storage (`schemas.stores`).
"""
