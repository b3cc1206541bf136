-- Open deals by the month in which they are expected to close: total value, value weighted by the chance that the source gives, and by the
-- chance learnt from closed deals (of those that were ever in the stage, the share that was won). Overdue deals stay in their month.
CREATE VIEW reports.forecast_by_month AS FROM reports.forecast_by_month_of();
