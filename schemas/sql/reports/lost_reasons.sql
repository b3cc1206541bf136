-- Why deals were lost, by the last open stage they were in: how many and what they were worth, by currency.
CREATE VIEW reports.lost_reasons AS FROM reports.lost_reasons_of();
