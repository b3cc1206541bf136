"""Readers: bytes become sheets of text cells."""
