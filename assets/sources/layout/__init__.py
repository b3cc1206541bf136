"""Layout: from sheets to tables with headers. Every physical row is accounted for."""
