SELECT file, coalesce(sheet, '') AS sheet, count(DISTINCT row_number) AS row_count
FROM (
    SELECT file, sheet, row_number FROM person_sources WHERE NOT is_stub
    UNION ALL SELECT file, sheet, row_number FROM organization_sources WHERE NOT is_stub
    UNION ALL SELECT file, sheet, row_number FROM lead_sources WHERE NOT is_stub
    UNION ALL SELECT file, sheet, row_number FROM deal_sources WHERE NOT is_stub
)
GROUP BY ALL
