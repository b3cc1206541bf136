"""Reports for people: charts, pages and the filters that a user can set."""
