-- Of the deals closed in a month, how many were won, by number and by value. A closed deal whose time of closing no source gives is in the
-- row without a month. The rate by value is for one currency at a time.
CREATE VIEW reports.win_rate_by_month AS FROM reports.win_rate_by_month_of();
