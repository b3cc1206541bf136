"""What the data looks like: vocabulary, record contracts, CRM profiles, SQL and the stores.

Belongs here: the words of the field as small types, the fields a record may carry, the TOML profiles that
describe a CRM's exports, every SQL file, and the stores (archive, ledger, warehouse) with their settings.
Does not belong here: how a file is read, how two records are compared, or how a run is orchestrated.
"""
