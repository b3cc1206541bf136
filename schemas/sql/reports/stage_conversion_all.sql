-- Stage conversion in the other counting ("all stage"): of the deals whose history touched this stage and every open stage before it, how many
-- also touched the next one. Deals that skipped a stage drop out, so the numbers only fall.
CREATE VIEW reports.stage_conversion_all AS FROM reports.stage_conversion_all_of();
