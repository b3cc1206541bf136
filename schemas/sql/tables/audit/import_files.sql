-- Every sheet of every file of an import, with its balance:
-- row_count = loaded + rejected + blank + preamble + footer. The header row is not counted.
CREATE TABLE audit.import_files (
    import_id VARCHAR NOT NULL,  -- The import
    file_ordinal INTEGER NOT NULL,  -- Position of the file in its import
    sheet_ordinal INTEGER NOT NULL,  -- Position of the sheet in its file; -1 if no sheet could be read
    file VARCHAR NOT NULL,  -- The file as the user named it
    sha256 VARCHAR NOT NULL,  -- Hash of its content, and its name in the archive
    size BIGINT NOT NULL,  -- Its size in bytes
    status VARCHAR NOT NULL CHECK (status IN ('loaded', 'unchanged', 'refused')),  -- loaded, unchanged or refused
    reason VARCHAR,  -- Why it was refused
    format VARCHAR,  -- csv, xlsx, xlsb, xls, ods, xml (Excel 2003), html or vcf
    encoding VARCHAR,  -- Encoding of delimited text
    delimiter VARCHAR,  -- Delimiter of delimited text
    confidence DOUBLE,  -- Confidence in encoding and delimiter, 0 to 1; empty if nothing was guessed
    source VARCHAR,  -- The source its records belong to
    sheet VARCHAR,  -- The sheet; empty for delimited text
    object VARCHAR,  -- What the sheet was recognised as: profile.object
    recognition VARCHAR,  -- The evidence for that
    row_count INTEGER,  -- Physical rows without the header
    loaded INTEGER,  -- Rows that became records
    rejected INTEGER,  -- Rejected rows, see rejected_rows
    blank INTEGER,  -- Rows without any value
    preamble INTEGER,  -- Rows before the header
    footer INTEGER,  -- Rows after the data that are not data
    rejects_file VARCHAR,  -- The file with the rows to correct and import again
    decisions VARCHAR[]  -- Decisions made for the user: date order, phone country, encoding
);
