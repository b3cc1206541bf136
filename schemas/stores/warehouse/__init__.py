"""The warehouse: the only package that imports DuckDB.

Belongs here: the working file with its lock, sessions on it, the published file, scratch databases. Does not belong
here: what the SQL says (`schemas/sql`).
"""

from schemas.stores.warehouse.in_memory import scratch_session, sniff_delimited
from schemas.stores.warehouse.published_file import Published
from schemas.stores.warehouse.session import Session, read_all_tables
from schemas.stores.warehouse.working_file import Warehouse

__all__ = ["Published", "Session", "Warehouse", "read_all_tables", "scratch_session", "sniff_delimited"]
