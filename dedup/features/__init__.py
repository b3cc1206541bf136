"""Comparison features: one record into columns that can be compared.

Belongs here: names, addresses, phones, domains, folded and split. Does not belong here: comparing two records.
"""
