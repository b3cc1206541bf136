-- Leads by the month in which they came in and their channel: how many were converted, and within how many days. Open leads may still be
-- converted, so a rate is final only when none is open; archived ones are taken for settled.
CREATE VIEW reports.lead_conversion_by_cohort AS FROM reports.lead_conversion_by_cohort_of();
