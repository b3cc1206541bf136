-- Every physical row of every sheet is loaded, rejected, blank, preamble or footer.
SELECT import_id, file, sheet
FROM audit.import_files
WHERE status = 'loaded' AND row_count IS DISTINCT FROM loaded + rejected + blank + preamble + footer
