-- How long won deals took from creation to closing, by pipeline and month of closing: mean, median and ninetieth percentile in days. Deals
-- without both times, or closed before they were made, are counted apart.
CREATE VIEW reports.sales_cycle AS FROM reports.sales_cycle_of();
