-- Leads by the channel they came through, and how many of them became deals.
CREATE VIEW reports.lead_conversion_by_channel AS FROM reports.lead_conversion_by_channel_of();
