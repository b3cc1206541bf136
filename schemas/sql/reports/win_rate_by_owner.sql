-- Owners by what they won: open, won and lost deals, win rate by number and by value, and the days a won deal took. One row for each
-- owner and currency; values of different currencies are never added up.
CREATE VIEW reports.win_rate_by_owner AS FROM reports.win_rate_by_owner_of();
