-- Win rate by number and value of all closed deals, by currency.
CREATE VIEW reports.win_rate AS FROM reports.win_rate_of();
