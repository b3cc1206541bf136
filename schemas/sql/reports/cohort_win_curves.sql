-- Of the deals made in a month, what share was won within so many months, and what share is still open (and may yet be won). Deals without
-- a time of creation are left out; a deal won without a time counts in no age.
CREATE VIEW reports.cohort_win_curves AS FROM reports.cohort_win_curves_of();
