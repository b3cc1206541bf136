-- Sales velocity by pipeline and currency: open deals × mean value of won deals × win rate ÷ mean days to win, in money a day. Empty where
-- one of the four is not known.
CREATE VIEW reports.sales_velocity AS FROM reports.sales_velocity_of();
