"""A page that shows how files would be read: for each table what it is and why, and what each column fills.

It is for people who do not read TOML: it says in words what was decided, and composes the command that changes it.
Belongs here: the page. Does not belong here: inspecting (`pipelines.services.inspect_files`).
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from assets.sources.mapping.stated_targets import CUSTOM, kind_called, targets_of, targets_of_kind
from pipelines.reports.html_page import html_page
from pipelines.reports.palette import ARCHIVED, LOST, OPEN, SOURCES, WON
from pipelines.services.display import cell, shortened
from pipelines.services.output_files import PAGE_ENDINGS, check_output, write_output
from schemas.contracts.counting import counted
from schemas.contracts.printable import one_line
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import shipped_profile

VALUE_CHARACTERS = 60
MOST_COLUMNS = 400
MOST_REJECTIONS = 50

COUNTS = {
    "loaded": ("loaded", WON),
    "rejected": ("rejected", LOST),
    "blank": ("blank", ARCHIVED),
    "preamble": ("above the header", ARCHIVED),
    "footer": ("closing rows", ARCHIVED),
}
_BY = {"id": "id", "name": "name", "email": "e-mail address", "domain": "web domain"}
_COLORS = {"organization": SOURCES[0], "person": SOURCES[2], "deal": OPEN, "lead": SOURCES[1], "user": SOURCES[4]}
_HERE = Path(__file__)


def write_inspection(document: dict[str, Any], target: Path, stated: Sequence[str]) -> None:
    """Write inspected files as one page; `stated` are the options of the command that are kept in those it shows.

    Raises InputRefusedError if the file cannot be written.
    """
    check_output(target, PAGE_ENDINGS)
    inspected = document["files"]
    tables = sum(len(file["sheets"]) for file in inspected)
    body = [
        "<h1>What leadsift would import</h1>",
        f'<p class="intro">{counted(len(inspected), "file")} with {counted(tables, "table")}. Nothing was imported. '
        "Check what each table is read as and what each column fills. To change a column, choose another field in its "
        "row: the command below the table follows.</p>",
        *(_file(file, _words(file, stated, is_only=len(inspected) == 1)) for file in inspected),
    ]
    if document["skipped"]:
        names = _listed(Path(path).name for path in document["skipped"])
        body.append(f"<p>Skipped, because they have no extension of a table: {names}.</p>")
    style, script = (_HERE.with_suffix(ending).read_text(encoding="utf-8") for ending in (".css", ".js"))
    colors = f":root {{ --lost: {LOST}; --note: {SOURCES[1]}; }}"
    write_output(target, html_page("leadsift: what would be imported", "\n".join(body), colors + style, script))


def _words(file: dict[str, Any], stated: Sequence[str], *, is_only: bool) -> list[str] | None:
    """A file and the stated options, as words of a command; None for one of several files in an archive."""
    path = file["path"] if Path(file["path"]).is_file() else file["path"].rpartition("!")[0]
    return [path, *stated] if path == file["path"] or (path and is_only) else None


def _text(value: object, most: int = VALUE_CHARACTERS) -> str:
    return escape(one_line(shortened(cell(value), most)))


def _command(text: str) -> str:
    return escape(one_line(text))


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(_text(text) for text in texts)


def _file(file: dict[str, Any], words: Sequence[str] | None) -> str:
    head = f"<section>\n<h2>{_text(Path(file['path']).name, 200)}</h2>"
    if file["status"] == "refused":
        return f'{head}\n<p class="note bad"><b>Not imported.</b> {_text(file["reason"], 2_000)}.</p>\n</section>'
    facts = [f"read as {file['format']}"]
    facts += [f"encoding {file['encoding']}{_doubt(file)}"] if file["encoding"] else []
    facts += [f"columns separated by {_separator(file['delimiter'])}"] if file["delimiter"] else []
    facts += [f"belongs to the source “{file['source']}”"]
    shown = "".join(f"<span>{_text(fact)}</span>" for fact in facts)
    is_only = len(file["sheets"]) == 1
    tables = "\n".join(_table(sheet, words, is_only=is_only) for sheet in file["sheets"])
    return f'{head}\n<p class="facts">{shown}</p>\n{tables}\n</section>'


def _doubt(file: dict[str, Any]) -> str:
    sure = file["confidence"]
    return f" (guessed, {sure:.0%} sure)" if sure is not None and sure < 1 else ""


def _separator(delimiter: str) -> str:
    return {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "vertical bars", " ": "blanks"}.get(
        delimiter, repr(delimiter)
    )


def _table(sheet: dict[str, Any], words: Sequence[str] | None, *, is_only: bool) -> str:
    name = f" in “{_text(sheet['name'])}”" if sheet["name"] else ""
    title = "Not recognised" if sheet["refusal"] else _kind(sheet).capitalize()
    made = ", ".join(counted(count, str(entity)) for entity, count in sheet["records"].items() if count)
    parts = [
        f"<article>\n<h3><b>{_text(title)}</b>{name}</h3>",
        f"<p>{_reading(sheet)} {f'The rows make {_text(made, 400)}.' if made else 'The rows make no record.'}</p>",
        _refusal(sheet),
        _bar(sheet),
        _why(sheet),
        _columns(sheet, can_change=is_only and words is not None),
        _linked(sheet),
        _decided(sheet),
        _rejected(sheet),
        _records(sheet),
        _change(sheet, words, is_only=is_only) if words else "",
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _kind(sheet: dict[str, Any]) -> str:
    kind = next((one for one in shipped_profile("generic").kinds if one.primary == sheet["primary"]), None)
    return kind.title if kind else f"{sheet['primary']}s"


def _reading(sheet: dict[str, Any]) -> str:
    profile, _, name = sheet["object"].partition(".")
    by = "" if profile == "generic" else f", by “{_text(name)}” of the profile “{_text(profile)}”"
    row = f"The header is in row {sheet['header_row']:,}."
    verb = "Shown as the likeliest kind, " if sheet["refusal"] else "Read as "
    return f"{verb}{_text(_kind(sheet))}{by}. {row}"


def _refusal(sheet: dict[str, Any]) -> str:
    if not sheet["refusal"]:
        return ""
    return (
        f'<p class="note bad"><b>An import does not take this table as it is:</b> {_text(sheet["refusal"], 2_000)}.</p>'
    )


def _bar(sheet: dict[str, Any]) -> str:
    """The rows of a table by what happens to them."""
    counts = {name: sheet[name] for name in COUNTS if sheet[name]}
    bars = "".join(f'<i style="flex:{count};background:{COUNTS[name][1]}"></i>' for name, count in counts.items())
    legend = "".join(
        f'<span><i style="background:{COUNTS[name][1]}"></i>{count:,} {COUNTS[name][0]}</span>'
        for name, count in counts.items()
    )
    rows = counted(sheet["rows"], "row")
    return f'<div class="bar">{bars}</div><div class="legend"><span><b>{rows}</b></span>{legend}</div>'


def _why(sheet: dict[str, Any]) -> str:
    """The evidence for and against the reading, in words."""
    understood = len(sheet["quality"]) - len(sheet["unmapped"])
    lines = [f"<li>{understood} of {counted(len(sheet['quality']), 'column')} understood</li>"]
    for side, words in (("for", "speaks for it"), ("against", "speaks against it")):
        if found := sheet["evidence"][side]:
            chips = "".join(f'<span class="chip">{_text(one)}</span>' for one in found[:20])
            lines.append(f"<li>{words.capitalize()}: {chips}</li>")
    if sheet["next_best"]:
        lines.append(f"<li>The next best reading: {_text(sheet['next_best'].removeprefix('generic.'))}</li>")
    return f"<h4>Why</h4>\n<ul>{''.join(lines)}</ul>"


def _columns(sheet: dict[str, Any], *, can_change: bool) -> str:
    options = _options(sheet) if can_change else ""
    rows = [_column(column, sheet, options) for column in sheet["quality"][:MOST_COLUMNS]]
    more = len(sheet["quality"]) - MOST_COLUMNS
    note = f"<p>… {counted(more, 'more column')}.</p>" if more > 0 else ""
    change = '<th class="change-head">change to</th>' if options else ""
    return (
        '<h4>Columns</h4>\n<div class="rows"><table class="columns"><thead><tr><th>column</th><th>first values</th>'
        f"<th>filled</th><th>goes to</th>{change}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def _column(column: dict[str, Any], sheet: dict[str, Any], options: str) -> str:
    header = column["column_name"]
    goes = sheet["mapping"].get(header, []) if header not in sheet["unmapped"] else []
    fields = " ".join(_field(target) for target in goes) or '<span class="custom">kept, without a field</span>'
    values = " ".join(f"<q>{_text(value)}</q>" for value in column["values"])
    share = f"{column['filled'] / column['rows']:.0%}" if column["rows"] else ""
    refused = f"<br>{counted(column['refused'], 'cell')} rejected" if column["refused"] else ""
    select = ""
    if options and one_line(header) == header:
        select = (
            f'<select data-header="{escape(header)}" aria-label="another field for {escape(header)}">{options}</select>'
        )
    return (
        f'<tr><td>{_text(header)}</td><td class="values">{values}</td><td class="number">{share}{refused}</td>'
        f"<td>{fields}</td>{f'<td>{select}</td>' if options else ''}</tr>"
    )


def _field(target: str) -> str:
    """A field as a badge in the color of its entity: `deal.value`, `deal -> user`."""
    of, points, to = target.partition(" -> ")
    entity, _, name = of.partition(".")
    color = _COLORS.get(to or entity, SOURCES[3])
    words = f"belongs to {to}" if points else f"{entity}: {name.replace('_', ' ')}"
    return f'<span class="field" style="background:{color}">{_text(words.strip(": "))}</span>'


def _options(sheet: dict[str, Any]) -> str:
    """The fields that a column can be given, by record."""
    primary = Entity(sheet["primary"])
    kind = kind_called(primary, shipped_profile("generic")) if sheet["object"].startswith("generic.") else None
    known = targets_of_kind(kind) if kind else targets_of(primary, [Entity(one) for one in sheet["sections"]])
    groups: dict[str, list[str]] = {}
    for text, target in known.items():
        if target.entity == primary and "." in text:
            continue  # `deal.value` is `value`
        spec = CONTRACTS[target.entity].fields.get(target.field)
        meaning = spec.comment if spec and not target.is_reference else "the list's own id"
        label = f"{target.field} – its {_BY[target.field]}" if target.is_reference else f"{target.field} – {meaning}"
        group = f"belongs to {target.entity}" if target.is_reference else str(target.entity)
        groups.setdefault(group, []).append(f'<option value="{escape(text)}">{escape(label)}</option>')
    ordered = sorted(groups.items(), key=lambda one: (one[0] != primary, one[0].startswith("belongs")))
    listed = "".join(f'<optgroup label="{escape(group)}">{"".join(found)}</optgroup>' for group, found in ordered)
    return f'<option value="">as it is</option><option value="{CUSTOM}">no field: only keep it</option>{listed}'


def _linked(sheet: dict[str, Any]) -> str:
    lines = []
    for link in sheet["links"]:
        where = [f"{_BY[by]} is in {_listed(columns)}" for by, columns in link["by"].items()]
        found = f"whose {' or '.join(where)}" if where else "that the same row names"
        lines.append(f"<li>Each {escape(sheet['primary'])} belongs to the {escape(link['to'])} {found}.</li>")
    return f"<h4>Links</h4>\n<ul>{''.join(lines)}</ul>" if lines else ""


def _decided(sheet: dict[str, Any]) -> str:
    lines = "".join(f"<li>{_text(one, 600)}</li>" for one in sheet["decisions"])
    return f"<h4>Decided for you</h4>\n<ul>{lines}</ul>" if lines else ""


def _rejected(sheet: dict[str, Any]) -> str:
    """What would be rejected: the reasons with their counts, and the first rows and cells."""
    refusals = sheet["refusals"]
    if not refusals:
        return ""
    reasons = Counter((item["column_name"], item["reason"]) for item in refusals)
    lines = [
        f"<li>{count:,} × {f'column <b>{_text(column)}</b>: ' if column else 'row '}{_text(reason, 300)}</li>"
        for (column, reason), count in reasons.most_common(20)
    ]
    rows = "".join(
        f'<tr><td class="number">{item["row_number"]:,}</td><td>{_text(item["column_name"] or "the row")}</td>'
        f"<td>{_text(item['value'], 200)}</td><td>{_text(item['reason'], 300)}</td></tr>"
        for item in refusals[:MOST_REJECTIONS]
    )
    return (
        "<h4>Rejected</h4>\n<p>Rejected rows come back as a list to correct; rejected cells stay with their record.</p>"
        f"<ul>{''.join(lines)}</ul><details><summary>The rows and cells</summary>"
        '<div class="rows"><table><thead><tr><th>row</th><th>column</th><th>value</th><th>reason</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _records(sheet: dict[str, Any]) -> str:
    """The first records as they would be loaded."""
    if not sheet["sample"]:
        return ""
    shown = "".join(f'<dl class="record">{"".join(_entries(record))}</dl>' for record in sheet["sample"])
    title = f"The first {counted(len(sheet['sample']), sheet['primary'])} as loaded"
    return f"<details><summary>{escape(title)}</summary>{shown}</details>"


def _entries(record: dict[str, Any]) -> Iterator[str]:
    for name, value in sorted(record.items(), key=lambda one: (one[0] != "row_number", one[0] == "custom")):
        yield f"<dt>{_text(name.replace('_', ' '))}</dt><dd>{_text(value, 300)}</dd>"


def _change(sheet: dict[str, Any], words: Sequence[str], *, is_only: bool) -> str:
    """The commands that import the table as shown, and that change what it is read as."""
    kinds = [one for one in shipped_profile("generic").kinds if one.primary]
    current = next((one.name for one in kinds if one.primary == sheet["primary"]), "")
    stated = [] if not sheet["refusal"] or "--as" in words else ["--as", current]
    base = shlex.join(["leadsift", "import", *words, *stated])
    others = [one.name for one in kinds if one.name != current and "--as" not in words]
    lines = []
    if others and is_only:
        inspect = shlex.join(["leadsift", "inspect", *words])
        lines.append(
            f"<p>Something else? See what another kind makes of it ({_listed(others)}):</p>"
            f"<pre>{_command(f'{inspect} --as {others[0]} --html page.html')}</pre>"
        )
    reason = "For a list that comes every week, or to translate stages and owners"
    reason = reason if is_only else "To change one of several tables"
    profile = shlex.join(["leadsift", "inspect", *words, "--write-profile", "my.toml"])
    lines.append(f"<p>{reason}, write a profile:</p><pre>{_command(profile)}</pre>")
    command = f'<pre class="command" data-base="{_command(base)}">{_command(base)}</pre>' if is_only else ""
    head = "<p>Import it as shown, with the fields that you chose above:</p>" if is_only else ""
    return f"<h4>To import or change it</h4>\n{head}{command}{''.join(lines)}"
