-- Open deals by stage: how many, what they are worth, and that worth weighted by the chance of winning.
-- Amounts of different currencies are never added up; each has its own row.
CREATE VIEW reports.pipeline_value_by_stage AS FROM reports.pipeline_value_by_stage_of();
