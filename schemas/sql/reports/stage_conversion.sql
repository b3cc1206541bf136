-- Of the deals that entered a stage, how many moved on to a later stage of the pipeline (lost stages do not count as later).
-- Every deal counts once in each stage that it was seen in, however often it came back ("any stage" counting).
CREATE VIEW reports.stage_conversion AS FROM reports.stage_conversion_of();
