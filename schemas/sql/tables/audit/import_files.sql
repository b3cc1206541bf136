-- Every sheet of every file that an import brought, with its balance:
-- row_count = loaded + rejected + blank + preamble + footer. The header row is not counted.
CREATE TABLE audit.import_files (
    import_id VARCHAR NOT NULL,  -- The import
    file_ordinal INTEGER NOT NULL,  -- Place of the file within its import
    sheet_ordinal INTEGER NOT NULL,  -- Place of the sheet within its file; -1 where the file has none that could be read
    file VARCHAR NOT NULL,  -- The file as the user named it
    sha256 VARCHAR NOT NULL,  -- Its identity, and its name in the archive
    size BIGINT NOT NULL,  -- Its size in bytes
    status VARCHAR NOT NULL CHECK (status IN ('loaded', 'unchanged', 'refused')),  -- loaded, unchanged or refused
    reason VARCHAR,  -- Why it was refused
    format VARCHAR,  -- csv, xlsx, xlsb, xls, ods, xml (Excel 2003), html or vcf
    encoding VARCHAR,  -- Encoding of delimited text
    delimiter VARCHAR,  -- Delimiter of delimited text
    confidence DOUBLE,  -- How sure encoding and delimiter are, 0 to 1; empty where there was nothing to guess
    source VARCHAR,  -- The source its records belong to
    sheet VARCHAR,  -- The sheet; empty for delimited text
    object VARCHAR,  -- What the sheet was recognised as: profile.object
    recognition VARCHAR,  -- The evidence for that
    row_count INTEGER,  -- Physical rows without the header
    loaded INTEGER,  -- Rows that became records
    rejected INTEGER,  -- Rows that were refused, see rejected_rows
    blank INTEGER,  -- Rows without any value
    preamble INTEGER,  -- Rows before the header
    footer INTEGER,  -- Rows after the data that are not data
    rejects_file VARCHAR,  -- Where the rows to mend and import again were written
    decisions VARCHAR[]  -- What was decided for the user: date order, phone country, encoding
);
