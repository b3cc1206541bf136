-- How many deals entered each stage in each month: deals that moved there, whether forward or back; a deal that came twice counts once.
CREATE VIEW reports.deal_progress AS FROM reports.deal_progress_of();
