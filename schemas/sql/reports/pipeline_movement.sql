-- Every change of every deal: its steps between stages, with their direction and how long it had been in the stage before; rises and falls of
-- its value; its expected closing pulled in or pushed out. Not sorted, because that would cost as much as all the rest; summed up between two
-- days by the macro reports.pipeline_movement_between.
CREATE VIEW reports.pipeline_movement AS FROM reports.pipeline_movement_of();
