-- How long deals stay in each stage, over visits that ended: mean, median and ninetieth percentile of days a visit, and of all visits of a
-- deal together. Deals that are still in the stage are counted apart, and so are visits of which a time is not known.
CREATE VIEW reports.time_in_stage AS FROM reports.time_in_stage_of();
