-- Days from one time to another, as a number. A date without a time of day is midnight in UTC: if either is one, whole days count.
-- (Subtracting two TIMESTAMPTZ goes through the calendar, at ten times the cost.)
CREATE OR REPLACE MACRO reports.days_between(earlier, later) AS CASE
    WHEN epoch_us(earlier) % 86400000000 = 0 OR epoch_us(later) % 86400000000 = 0
        THEN floor(epoch_us(later) / 86400e6) - floor(epoch_us(earlier) / 86400e6)
    ELSE (epoch_us(later) - epoch_us(earlier)) / 86400e6
END;
