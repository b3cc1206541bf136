-- Tables and views that Splink leaves behind.
SELECT table_name, table_type FROM information_schema.tables WHERE starts_with(table_name, '__splink__')
