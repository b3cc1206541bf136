"""Reading bytes: dialects, encodings, workbooks, and files that are no tables."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import openpyxl
import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from assets.sources.readers.delimited import Cutter
from assets.sources.readers.dialects import RARE_DELIMITERS, Dialect
from assets.sources.sheets import Frame, Rows
from schemas.contracts.errors import InputRefusedError
from tests.assets.sources.support import grid, interpreted, reading

CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff") | st.sampled_from(
    "\n\t"
)
CELL = st.text(CHARACTERS, max_size=8)
ROWS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6)
)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
DELIMITERS = [",", ";", "\t", "|", "||", "~|~"]


@given(
    ROWS,
    st.sampled_from(DELIMITERS),
    st.sampled_from(ENCODINGS),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(['"', "'"]),
)
# A line break behind a quotation mark hid that the cell went on, and `&[` was taken for a delimiter.
@example([["", "\n0", "&["], ["", "\n0", "&[0"]], ",", "utf-8", "\n", "'")
@example([["\n1", "\n2"], ["\n3", "\n4"], ["\n5", "\n6"]], ";", "utf-8", "\n", "'")
@example([['a,"b', "c"], ['d;"', "e"]], ",", "utf-8", "\n", "'")
def test_any_table_in_any_dialect_and_encoding_comes_back(
    rows: list[list[str]], delimiter: str, encoding: str, end: str, quote: str
) -> None:
    # A sign of a delimiter of several in a cell leaves two readings: `~|~`, or `|` between cells with `~`.
    assume(len(delimiter) == 1 or not any(set(delimiter) & set(cell) for row in rows for cell in row))
    header = [f"column {index}" for index in range(len(rows[0]))]
    lines = [
        delimiter.join(f"{quote}{cell.replace(quote, quote * 2)}{quote}" for cell in row) for row in [header, *rows]
    ]
    text = end.join(lines) + end
    # A blank that does not break is a blank all the same.
    assert grid(text.encode(encoding)) == [[cell.replace("\u00a0", " ") for cell in row] for row in [header, *rows]]


NAMES = {
    "cp1252": ["Hélène Lefèvre", "François Bérénger", "Jürgen Weiß", "Begoña Muñoz", "João Conceição"],
    "iso8859-15": ["Hélène Lefèvre 12 €", "François Œuvrard 5 €", "Zoë Cœur 3 €"],
    "cp1250": ["Łukasz Wiśniewski", "Małgorzata Dąbrowska", "Jiří Dvořák", "Zdeněk Růžička", "Gergő Szűcs"],
    "cp1251": ["Иван Петров", "Ольга Смирнова", "Дмитрий Кузнецов", "Екатерина Ежова"],
    "mac_roman": ["Hélène Lefèvre", "Jürgen Weiß", "Björn Schäfer", "Begoña Núñez"],
    "cp932": ["山田太郎", "佐藤花子", "株式会社サンプル", "鈴木一郎"],
    "gb18030": ["张伟 北京科技有限公司", "李娜 上海贸易有限公司", "王芳 广州市天河区"],
    "utf-8": ["Hélène Lefèvre", "Łukasz", "山田太郎"],
}


@given(st.sampled_from(sorted(NAMES)).flatmap(lambda code: st.tuples(st.just(code), st.permutations(NAMES[code]))))
def test_names_of_one_part_of_the_world_come_back_from_its_code_page(given_names: tuple[str, list[str]]) -> None:
    encoding, names = given_names
    text = "Name;City\n" + "".join(f"{name};x\n" for name in names)
    assert [row[0] for row in grid(text.encode(encoding))[1:] if row] == names


def test_a_guessed_encoding_is_said_with_sample_words() -> None:
    found = reading("Name;Ville\nJosé;Besançon\n".encode("cp1252"))
    assert found.encoding == "cp1252"
    assert "José, Besançon" in found.decisions[0]
    assert found.confidence is not None
    assert found.confidence < 1


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Calle Mayor Nº 5"),  # an ordinal behind a capital: `Nş` has no vowel
        ("cp1252", "Mª José, 2.ª planta"),
        ("cp1252", "£5 fee, 12 m², ½ off"),
        ("cp1250", "Łukasz"),  # no pound sign stands before a word
        ("cp1250", "Ľuboš"),
    ],
)
def test_symbols_are_weighed_by_what_stands_beside_them(encoding: str, name: str) -> None:
    data = f"Name;City\n{name};x\n".encode(encoding)
    assert grid(data)[1] == [name, "x"]


def test_the_words_that_two_readings_would_read_differently_are_shown() -> None:
    found = reading("Name;City\nHélène;x\n".encode("cp1252"))
    assert "Windows-1250 (Central Europe) would read Hélčne for Hélène" in found.decisions[0]
    assert "doubtful" in found.decisions[0]
    assert found.confidence is not None
    assert found.confidence < 0.8


def test_what_explains_clearly_more_is_not_doubtful() -> None:
    found = reading("Name;City\nŁukasz Wiśniewski;Łódź\nŻaneta;Kraków\n".encode("cp1250"))
    assert "doubtful" not in found.decisions[0]
    assert found.confidence is not None
    assert found.confidence > 0.8


def test_a_doubtful_encoding_says_what_else_it_could_be_and_how_to_state_it() -> None:
    data = "Name;Note\nAnn;5 \x80 each\n".encode("latin-1")
    found = reading(data)
    assert "--encoding" in found.decisions[0]
    assert "5 € each" in str(found.sheets[0].blocks)


def test_a_stated_encoding_is_held_to() -> None:
    data = "Name;City\nDvo\xf8\xe1k;Praha\n".encode("latin-1")
    found = reading(data, "cp1250")
    assert "Dvořák" in str(found.sheets[0].blocks)
    with pytest.raises(InputRefusedError, match="is not written in utf-8"):
        reading(data, "utf-8")
    with pytest.raises(InputRefusedError, match="is unknown"):
        reading(data, "klingon")


def test_one_pasted_line_does_not_turn_utf_8_into_something_else() -> None:
    lines = [f"Zoë {number};Besançon\n".encode() for number in range(60)]
    lines[30] = "Zoë;Besançon\n".encode("cp1252")
    found = reading(b"Name;City\n" + b"".join(lines))
    assert found.encoding == "utf-8"
    assert "2 places" in found.decisions[0]
    assert "'Zoë', 'Besançon'" in str(found.sheets[0].blocks)


def test_nul_characters_are_left_out_and_said() -> None:
    found = reading(b"Name,City\nAnn\x00,Ro\x00me\n")
    assert "'Ann', 'Rome'" in str(found.sheets[0].blocks)
    assert found.decisions == ["2 NUL characters were removed"]


def test_a_sep_line_decides() -> None:
    data = b"sep=;\nName;Note\nAnn;a, b, c\nBob;d, e, f\n"
    assert reading(data).delimiter == ";"
    assert grid(data)[0] == ["Name", "Note"]


def test_a_newline_within_quotes_is_part_of_the_cell() -> None:
    assert grid(b'Name,Note\n"Ann","first\nsecond"\n')[1] == ["Ann", "first\nsecond"]


def test_commas_in_text_do_not_outvote_the_semicolon() -> None:
    assert reading(b"Name;Note\nAnn;a, b\nBob;c, d\nCem;e\n").delimiter == ";"


@pytest.mark.parametrize("delimiter", RARE_DELIMITERS)
def test_delimiters_of_older_systems_are_found(delimiter: str) -> None:
    rows = (["Name", "City", "Note"], ["Ann", "Rome", "x"], ["Bob", "Oslo", "y"], ["Cem", "York", "z"])
    assert reading("\n".join(map(delimiter.join, rows)).encode()).delimiter == delimiter


def test_a_dot_delimits_nothing() -> None:
    assert grid(b"Email\ne@f.example\n") == [["Email"], ["e@f.example"]]


def test_detectors_that_disagree_are_told() -> None:
    found = reading(b"Name^Email^City\nAnn^a@b.example^Rome, Italy\nBob^b@c.example^Oslo, Norway\n")
    assert found.delimiter == "^"
    assert "detects" in found.decisions[0]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('Name,Note\n"Ann","say \\"hi\\", ok"\n"Bob","x"\n', ["Ann", 'say "hi", ok']),  # backslash escapes
        ('Name,Note\n"Ann","C:\\dir\\"\n"Bob","x"\n', ["Ann", "C:\\dir\\"]),  # backslashes that escape nothing
        ('Name, "Note"\nAnn, "a, b"\nBob, "c"\n', ["Ann", "a, b"]),  # a blank behind each comma
        ("Name,Note\nO'Neil,it's\nBob,x\n", ["O'Neil", "it's"]),  # apostrophes are no quotation marks
        ('Name,Note\nAnn,5" pipe\nBob,x\n', ["Ann", '5" pipe']),  # a mark inside an unquoted cell
        ('Name,Note\n"Ann","5" pipe, blue"\n"Bob","x"\n', ["Ann", '5" pipe, blue']),  # inside a quoted one
    ],
)
def test_quotes_and_escapes_as_they_are_met(text: str, row: list[str]) -> None:
    assert grid(text.encode())[1] == row


def test_a_quote_that_is_never_closed_costs_its_row_and_no_other() -> None:
    found = reading(b'Name,Note,City\nAnn,a,Rome\nBob,"b Oslo\nCem,c,Bonn\nDan,"d\nd",Lund\n')
    (block,) = found.sheets[0].blocks
    assert isinstance(block, Rows)
    assert [row and row[0] for row in block.rows] == ["Name", "Ann", None, "Cem", "Dan"]
    assert block.broken[3][0] == 'Bob,"b Oslo'


def test_a_row_whose_stray_quote_leaves_no_doubt_is_taken_and_told() -> None:
    data = b'Name,Note,City\nAnn,a,Rome\nBob,"b,Oslo\nCem,c,Bonn\n'
    assert grid(data)[2] == ["Bob", '"b', "Oslo"]
    assert reading(data).decisions == ["stray quotation marks were kept as text in row 3"]


def test_a_cell_of_three_megabytes_and_ten_thousand_columns() -> None:
    note = "word \n" * 500_000
    assert grid(f'Name,Note\nAnn,"{note}"\nBob,x\n'.encode()) == [["Name", "Note"], ["Ann", note], ["Bob", "x"]]
    wide = ",".join(f"h{index}" for index in range(10_000))
    assert len(grid(f"{wide}\n{wide}\n".encode())[1] or []) == 10_000


@given(st.integers(0, 10**6), st.sampled_from(["\n", "\r\n"]), st.sampled_from([",", ";", "||"]))
@settings(max_examples=6)
def test_the_fast_way_reads_what_the_careful_way_reads(seed: int, end: str, delimiter: str) -> None:
    # Blank and ragged rows, stray quotation marks and long cells fall into some blocks and not into others.
    random = Random(seed)
    odd = ["", "a" + delimiter, '"x', '"', 'say "hi"', '"q ""r"" s"', '"two\nlines"', "é" * 40]
    rows = [["id", "name", "note"]]
    for number in range(60_000):
        cell = random.choice(odd) if random.random() < random.choice([0, 0, 0.001]) else f"note {number}"
        rows.append([str(number), f"name {number}", cell])
    text = end.join(delimiter.join(row) for row in rows) + end
    dialect = Dialect(delimiter)
    careful = Cutter(dialect)
    careful._fast = lambda text, is_last: None  # type: ignore[method-assign, assignment]
    pieces = [text[start : start + 700_000] for start in range(0, len(text), 700_000)]
    assert listed(Cutter(dialect), pieces) == listed(careful, pieces)


def listed(cutter: Cutter, pieces: list[str]) -> list[list[str | None] | None]:
    rows: list[list[str | None] | None] = []
    for block in cutter.blocks(iter(pieces)):
        found = block.frame.iter_rows() if isinstance(block, Frame) else block.rows
        rows += [None if row is None else [cell or "" for cell in row] for row in found]
    return rows


def test_a_workbook_keeps_row_numbers_and_digits(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B3"], sheet["C3"] = "Name", "Zip"
    sheet["B4"], sheet["C4"] = "Ann", "01234"
    sheet["B5"], sheet["C5"] = 12345678, 1.5
    # A ZIP code kept as a number, whose leading zero only the format shows.
    sheet["B6"], sheet["C6"] = 100000000000001, 1234
    sheet["C6"].number_format = "00000"
    book.save(tmp_path / "a.xlsx")
    rows = grid((tmp_path / "a.xlsx").read_bytes())
    assert rows[3] == ["Ann", "01234"]
    assert rows[4] == ["12345678", "1.5"]
    assert rows[5] == ["100000000000001", "01234"]


def biff2(*cells: tuple[int, int, str | float]) -> bytes:
    """A workbook of Excel 2, written record by record (Microsoft, "Excel 2.x file format")."""
    records = [struct.pack("<HHHH", 0x0009, 4, 2, 0x0010)]
    for row, column, value in cells:
        place = struct.pack("<HH3s", row, column, b"\x00\x00\x00")
        if isinstance(value, str):
            body = place + struct.pack("<B", len(value)) + value.encode("cp1252")
            records.append(struct.pack("<HH", 0x0004, len(body)) + body)
        else:
            body = place + struct.pack("<d", value)
            records.append(struct.pack("<HH", 0x0003, len(body)) + body)
    records.append(struct.pack("<HH", 0x000A, 0))
    return b"".join(records)


def test_a_workbook_of_excel_2_is_read() -> None:
    data = biff2((0, 0, "Name"), (0, 1, "Zip"), (1, 0, "Ann"), (1, 1, 12345.0))
    assert grid(data) == [["Name", "Zip"], ["Ann", "12345"]]


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book, data = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(data)
    return data.getvalue()


def test_errors_and_formulas_without_a_result_are_told() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        for row in (["Name", "Budget"], ["Ann", "#N/A"], ["Bob", "=B2*2"]):
            sheet.append(row)
        sheet["B2"].data_type = "e"

    found = reading(workbook(fill)).sheets[0]
    assert [(fault.row, fault.column, fault.value) for fault in found.faults] == [(2, 1, "#N/A"), (3, 1, "=B2*2")]


@pytest.mark.parametrize("of", ["backslashes", "capitals", "another folder"])
def test_a_workbook_is_one_whatever_its_parts_are_called(of: str) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for row in (["Name", "Zip", "Budget"], ["Ann", 1067, "=1+1"]):
            book.worksheets[0].append(row)
        book.worksheets[0]["B2"].number_format = "00000"

    named = {
        "backslashes": (lambda name: name.replace("/", "\\"), b"xl/"),
        "capitals": (lambda name: name.replace("xl/workbook", "XL/Workbook").replace("styles", "Styles"), b"xl/"),
        "another folder": (lambda name: name.replace("xl/", "parts/"), b"parts/"),
    }
    rename, folder = named[of]
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(fill))) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(rename(name), old.read(name).replace(b"xl/", folder))
    assert grid(packed.getvalue()) == [["Name", "Zip", "Budget"], ["Ann", "01067", None]]
    assert [fault.value for fault in reading(packed.getvalue()).sheets[0].faults] == ["=1+1"]


def test_hidden_sheets_are_read_and_told() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.worksheets[0].append(["Name"])
        hidden = book.create_sheet("Old leads")
        hidden.append(["Name"])
        hidden.sheet_state = "veryHidden"

    sheets = reading(workbook(fill)).sheets
    assert [(sheet.name, sheet.notes) for sheet in sheets] == [
        ("Sheet", []),
        ("Old leads", ["is hidden in the workbook; it is read as well"]),
    ]


@pytest.mark.parametrize("extension", [b"", b'<extLst><ext><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst>'])
def test_dates_count_from_1904_where_the_workbook_says_so(extension: bytes) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        book.worksheets[0].append(["Name", "Birthday"])
        book.worksheets[0].append(["Ann", date(1985, 5, 17)])

    # Excel writes an extension of the properties since 2013. The parser took it for the properties: four years off.
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(fill))) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</workbook>", extension + b"</workbook>"))
    assert grid(packed.getvalue())[1] == ["Ann", "1985-05-17 00:00:00"]


def test_a_formula_without_a_result_is_told_in_its_column_behind_blank_ones() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for row in ([None, "Name", "Budget"], [None, "Ann", "=1+1"]):
            book.worksheets[0].append(row)

    (fault,) = reading(workbook(fill)).sheets[0].faults
    assert (fault.row, fault.column) == (2, 1)


def test_the_sheet_of_a_chart_is_none() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.worksheets[0].append(["Name"])
        book.create_chartsheet("Chart")

    assert [sheet.name for sheet in reading(workbook(fill)).sheets] == ["Sheet"]


def test_tables_beside_each_other_are_two() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for row in (["Name", "Email", None, "Name", "Email"], ["Ann", "a@b.example", None, "Bob", "b@c.example"]):
            book.worksheets[0].append(row)

    sheets = reading(workbook(fill)).sheets
    assert [sheet.name for sheet in sheets] == ["Sheet", "Sheet (2)"]
    assert grid(workbook(fill), 1)[1] == ["Bob", "b@c.example"]


def test_an_opendocument_spreadsheet_is_read() -> None:
    data = pl.DataFrame({"Name": ["Ann"], "Zip": ["01234"]})
    assert grid(ods(data)) == [["Name", "Zip"], ["Ann", "01234"]]
    assert reading(ods(data)).format == "ods"


def ods(data: pl.DataFrame) -> bytes:
    """The least that is an OpenDocument spreadsheet."""
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in [data.columns, *data.rows()]
    )
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{names}:office:1.0" xmlns:text="{names}:text:1.0" '
        f'xmlns:table="{names}:table:1.0"><office:body><office:spreadsheet><table:table table:name="L">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<x/>")
    return packed.getvalue()


def test_a_web_page_called_xls_is_read_as_the_table_it_holds() -> None:
    page = """<html><head><meta charset="utf-8"></head><body><table><tr><th>Name</th><th colspan=2>Email</th></tr>
    <tr><td>Zoë</td><td>z@x.example</td><td>b</td></tr></table></body></html>"""
    assert grid(page.encode()) == [["Name", "Email", None], ["Zoë", "z@x.example", "b"]]
    assert reading(page.encode()).format == "html"


def test_excels_xml_of_2003_is_read() -> None:
    page = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Leads"><Table>
    <Row><Cell><Data ss:Type="String">Name</Data></Cell><Cell><Data ss:Type="String">Zip</Data></Cell></Row>
    <Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="Number">7</Data></Cell></Row></Table></Worksheet></Workbook>"""
    assert grid(page.encode()) == [["Name", "Zip"], [None, None], [None, "7"]]


def test_contact_cards_are_a_table() -> None:
    data = """BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nORG:Acme;Sales\r\nEMAIL;TYPE=WORK:a@b.example
EMAIL:c@d.example\r\nPHOTO;ENCODING=b:AAAA\r\nEND:VCARD\r\n"""
    headers, ann = grid(data.encode())
    assert dict(zip(headers or [], ann or [], strict=True)) == {
        "FN": "Ann Lee", "N.family": "Lee", "N.given": "Ann", "ORG": "Acme", "ORG.unit": "Sales",
        "EMAIL": "a@b.example", "EMAIL (2)": "c@d.example",
    }  # fmt: skip


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "really.csv")
    assert reading((tmp_path / "really.csv").read_bytes()).format == "xlsx"


def _locked() -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain, locked = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    OOXMLFile(plain).encrypt("secret", locked)
    return locked.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG picture"),
        (b"%PDF-1.7 ...", "PDF document"),
        (b"<html><p>Sign in to export</p></html>", "web page without a table"),
        (b'<?xml version="1.0"?><leads><lead/></leads>', "XML document"),
        (b"\x00\x01\x02\x03" * 50, "binary data"),
        (b"PK\x03\x04 not really a workbook", "cannot be read"),
        (_locked(), "password"),
        (b'[{"name": "x"}]', "is JSON"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(InputRefusedError, match=reason) as refused:
        reading(data)
    assert "\n" not in str(refused.value)


@given(st.binary(max_size=400))
def test_no_bytes_end_in_anything_but_a_reading_or_a_refusal(data: bytes) -> None:
    try:
        reading(data)
    except InputRefusedError as error:
        assert str(error)


@settings(max_examples=8)
@given(st.integers(0, 3_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_ends_in_a_reading_or_a_refusal(place: int, rubbish: bytes) -> None:
    plain = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Email"])
    book.save(plain)
    data = bytearray(plain.getvalue())
    data[place : place + len(rubbish)] = rubbish
    try:
        reading(bytes(data))
    except InputRefusedError as error:
        assert str(error)


def test_a_cell_in_the_last_corner_is_a_refusal_and_not_the_end_of_the_process() -> None:
    # Five kilobytes that make the parser ask for hundreds of gigabytes and abort.
    book, plain = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "Name", "far away"
    book.save(plain)
    with pytest.raises(InputRefusedError, match="cannot be read"):
        reading(plain.getvalue())


def test_a_workbook_that_takes_too_long_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    monkeypatch.setattr("assets.sources.readers.workbook.TIME_LIMIT", 0.01)
    with pytest.raises(InputRefusedError, match="could not be read within"):
        reading(plain.getvalue())


def test_a_workbook_without_a_value_is_refused_by_name() -> None:
    with pytest.raises(InputRefusedError, match="has no sheet with a value in it"):
        interpreted(workbook(lambda book: None))


def test_a_delimiter_of_several_characters_may_be_cut_by_the_end_of_a_piece() -> None:
    text = "id~|~name\n" + "".join(f"{number}~|~n{number}\n" for number in range(50))
    rows = [line.split("~|~") for line in text.splitlines()]
    for size in (1, 2, 3, 7):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert listed(Cutter(Dialect("~|~")), pieces) == rows
