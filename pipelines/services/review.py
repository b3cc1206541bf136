"""Review: the queue of pairs to decide, and decisions by command or in a workbook.

A decision is a fact of the ledger. Belongs here: the queue, the workbook,
recording. Does not belong here: how records are found and explained (`pipelines.services.lookup`,
`dedup.study.explanation`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from dedup.study.explanation import Explanation
from pipelines.services.acts import Facts, record
from pipelines.services.importing import count_entities
from pipelines.services.lookup import Called, called, explained, features_of, known_of, label, outcome_of, sides
from pipelines.services.output_files import check_output, replacing
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.printable import printable
from schemas.contracts.vocabulary import ID_PREFIXES, RESOLVED_ENTITIES, Entity, PairRule, Verdict
from schemas.sql.files import sql_text
from schemas.stores.decisions import Decision
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published

SHEET = "Pairs"
COLUMNS = [
    "decision",
    "entity",
    "left",
    "right",
    "probability",
    "why",
    "reason",
    "left id",
    "right id",
    "left record",
    "right record",
]
WEAK_BRIDGE = "Not merged: each belongs to a group, and few other pairs connect the groups (weak bridge)."
"""Why a pair waits for a person although its probability is high."""
_WIDTHS = [14, 13, 48, 48, 12, 80, 30, 24, 24, 30, 30]


def queue(published: Published, entity: Entity | None = None, limit: int | None = None) -> list[dict[str, Any]]:
    """The pairs to decide, those whose decision changes most first.

    Each has `entity, left, right` (in words), `left_id, right_id, record_key_l, record_key_r, match_probability,
    match_weight, rule, priority, why`.
    """
    waiting = published.query(sql_text("queries/review_queue"), {"entity": entity.value if entity else None})
    if limit is not None:
        waiting = waiting.head(limit)
    rows = waiting.to_dicts()
    known = known_of(published, [row[side] for row in rows for side in ("record_key_l", "record_key_r")])
    reasons = _reasons(published, rows)
    for row in rows:
        row["left"], row["right"] = (label(known[row[side]]) for side in ("record_key_l", "record_key_r"))
        reason = reasons.get((row["record_key_l"], row["record_key_r"]))
        row["why"] = reason.sentence() if reason else row["rule"]
        if row["rule"] == PairRule.WEAK_BRIDGE:
            row["why"] += f" {WEAK_BRIDGE}"
    return rows


def _reasons(published: Published, rows: list[dict[str, Any]]) -> dict[tuple[str, str], Explanation]:
    found: dict[tuple[str, str], Explanation] = {}
    for entity in {row["entity"] for row in rows}:
        pairs = [(row["record_key_l"], row["record_key_r"]) for row in rows if row["entity"] == entity]
        features = features_of(published, Entity(entity), {key for pair in pairs for key in pair})
        explanations = explained(published, Entity(entity), features, pairs)
        found |= {(item.record_key_l, item.record_key_r): item for item in explanations}
    return found


def _is_key(*texts: str) -> bool:
    """Whether texts can be record keys, which are digits and letters only."""
    return all(text.isalnum() for text in texts)


def decide(settings: Settings, left: str, right: str, verdict: Verdict, reason: str | None) -> dict[str, Any]:
    """Record a decision about two records or entities, and update the tables.

    Returns the document of `apply` with `outcome`: what both are now (`outcome_of`), and `rest`. If one of the two is
    part of the other, `rest` is the side that is the whole entity; the decision is then about its other records.
    Raises InputRefusedError if an id is unknown or both are the same record.
    """
    about: list[_Sides] = []

    def meant(published: Published) -> list[Decision]:
        about[:] = [_sides_decided(published, left, right)]
        return [about[0].decision(verdict, reason)]

    document = apply(settings, meant)
    asked = about[0]
    outcome = outcome_of(Stores.open(settings).published, asked.entity, asked.ours, asked.theirs)
    return document | {"outcome": {"entity": asked.entity.value, "rest": asked.rest, **outcome}}


@dataclass(frozen=True, slots=True)
class _Sides:
    """The records that a decision is about, as LEFT and RIGHT name them."""

    entity: Entity
    ours: set[str]
    theirs: set[str]
    rest: str | None

    def decision(self, verdict: Verdict, reason: str | None) -> Decision:
        return Decision.about(self.entity, self.ours, self.theirs, verdict, reason)


def plan_decision(published: Published, left: str, right: str, verdict: Verdict, reason: str | None) -> Decision:
    """The decision about two records or entities. Raises InputRefusedError if an id is unknown."""
    return _sides_decided(published, left, right).decision(verdict, reason)


def _sides_decided(published: Published, left: str, right: str) -> _Sides:
    one, other = called(published, left), called(published, right)
    ours, theirs = sides(one, other)
    rest = None
    if {*one.record_keys} & {*other.record_keys}:
        rest = "left" if len(one.record_keys) > len(other.record_keys) else "right"
    if one.entity_id == other.entity_id:
        ours, theirs = _as_joined(published, one, other, (ours, theirs)) or (ours, theirs)
    return _Sides(one.entity, *_represented(published, one.entity, ours, theirs), rest)


def _represented(published: Published, entity: Entity, ours: set[str], theirs: set[str]) -> tuple[set[str], set[str]]:
    """The records of both sides; a record that only repeats a name is replaced by its representative."""
    rows = published.query("SELECT record_key, representative FROM records.repeated_names($e)", {"e": entity.value})
    standing_for = dict(rows.iter_rows())
    one, other = ({standing_for.get(key, key) for key in side} for side in (ours, theirs))
    return (ours, theirs) if one & other else (one, other)


def _as_joined(
    published: Published, one: Called, other: Called, both: tuple[set[str], set[str]]
) -> tuple[set[str], set[str]] | None:
    """If a retired id names an entity that a decision merged: the records of both at the time of that decision.

    Records that arrived since belong to neither side; their own evidence places them.
    """
    prefix = ID_PREFIXES[one.entity]
    if not any(item.given.startswith(prefix) and item.given != item.entity_id for item in (one, other)):
        return None
    narrow = both[len(one.record_keys) > len(other.record_keys)]
    rows = published.query(
        sql_text("queries/decision_that_joined"), {"entity": one.entity.value, "records": sorted(narrow)}
    ).rows()
    if not rows:
        return None
    first, second = set(rows[0][0]), set(rows[0][1])
    return (first, second) if both[0] & first or both[1] & second else (second, first)


def apply(settings: Settings, decisions_of: Callable[[Published], Sequence[Decision]]) -> dict[str, Any]:
    """Record decisions that are not in force yet, and update the tables; returns the counts before and after."""
    counts: list[dict[str, int]] = []
    made: list[Decision] = []

    def missing(published: Published) -> Facts:
        counts.append(count_entities(published))
        made[:] = decisions_of(published)
        in_force = {entity: _in_force(published, entity) for entity in RESOLVED_ENTITIES}
        new = [item for item in made if any(in_force[item.entity].get(pair) != item.verdict for pair in item.pairs)]
        return Facts(decisions=new)

    is_new = record(settings, missing)
    findings = Stores.open(settings).published.query(
        "SELECT detail FROM audit.cluster_findings WHERE finding = 'contradiction' ORDER BY detail"
    )
    return {
        "decisions": len(made),
        "already_recorded": not is_new,
        "entities_before": counts[0],
        "entities": count_entities(Stores.open(settings).published),
        "contradictions": findings["detail"].to_list(),
    }


def _in_force(published: Published, entity: Entity) -> dict[tuple[str, str], str]:
    rows = published.query("FROM records.decided_pairs($entity)", {"entity": entity.value})
    return {(left, right): verdict for left, right, verdict in rows.iter_rows()}


def accepted_above(rows: list[dict[str, Any]], chance: float) -> list[Decision]:
    """Decide `same` for every pair of the queue with at least this probability."""
    return [
        Decision.about(
            Entity(row["entity"]),
            [row["record_key_l"]],
            [row["record_key_r"]],
            Verdict.SAME,
            f"accepted in bulk: probability of {chance:g} or more",
        )
        for row in rows
        if row["match_probability"] >= chance
    ]


# The workbook --------------------------------------------------------------------------------------------------------


def write_workbook(rows: list[dict[str, Any]], target: Path) -> None:
    """Write the queue as a workbook: one pair per row, with a drop-down list of decisions.

    Raises InputRefusedError if the target is not an .xlsx file or exists already.
    """
    check_output(target, (".xlsx",))
    if target.exists():
        raise InputRefusedError(f"{target}: exists already; name another file, or take it in with --take first")
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    sheet.append(COLUMNS)
    for row in rows:
        cells = [
            None, row["entity"], row["left"], row["right"], round(row["match_probability"], 3), row["why"], None,
            row["left_id"], row["right_id"], row["record_key_l"], row["record_key_r"],
        ]  # fmt: skip
        sheet.append([printable(cell) if isinstance(cell, str) else cell for cell in cells])
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type  # no text becomes a formula
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for place, width in enumerate(_WIDTHS, 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    choices = DataValidation(type="list", formula1=f'"{",".join(Verdict)}"', allow_blank=True)
    choices.error = f"one of {', '.join(Verdict)}, or nothing"
    sheet.add_data_validation(choices)
    choices.add(f"A2:A{max(2, sheet.max_row)}")
    sheet.freeze_panes = "B2"
    with replacing(target) as part:
        book.save(part)


def read_workbook(path: Path) -> list[Decision]:
    """Read the decisions from a workbook of `write_workbook`; rows without a decision are skipped.

    Raises InputRefusedError with the row and column of the first invalid cell.
    """
    if not path.is_file():
        raise InputRefusedError(f"{path}: there is no such file")
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise InputRefusedError(f"{path}: cannot be read as a workbook ({type(error).__name__})") from error
    try:
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()
    header = [str(cell or "").strip().casefold() for cell in rows[0]] if rows else []
    missing = [name for name in ("decision", "entity", "left record", "right record") if name not in header]
    if missing:
        raise InputRefusedError(
            f"{path}: has no column {missing[0]!r}; export the queue with `leadsift review --export`"
        )
    decisions = []
    for number, cells in enumerate(rows[1:], 2):
        row = dict(zip(header, cells, strict=False))
        if row.get("decision") not in (None, ""):
            decisions.append(_decision(f"{path}, row {number}", row))
    return decisions


def _decision(where: str, row: dict[str, Any]) -> Decision:
    word = str(row["decision"]).strip().casefold()
    if word not in list(Verdict):
        raise InputRefusedError(f"{where}, column 'decision': {row['decision']!r} is not one of {', '.join(Verdict)}")
    entity = str(row["entity"] or "").strip().casefold()
    if entity not in ("person", "organization"):
        raise InputRefusedError(f"{where}, column 'entity': {row['entity']!r} is neither person nor organization")
    keys = [str(row[name] or "").strip() for name in ("left record", "right record")]
    if not _is_key(*keys) or keys[0] == keys[1]:
        raise InputRefusedError(f"{where}: 'left record' and 'right record' are not two record keys")
    reason = row.get("reason")
    return Decision.about(Entity(entity), keys[:1], keys[1:], Verdict(word), str(reason) if reason else None)


def check_records(published: Published, decisions: Sequence[Decision]) -> None:
    """Raise InputRefusedError if a decision is about an unknown record."""
    keys = sorted({key for item in decisions for key in (*item.records_l, *item.records_r)})
    known = published.query(
        "SELECT record_key FROM main.person_sources WHERE list_contains($keys, record_key) "
        "UNION SELECT record_key FROM main.organization_sources WHERE list_contains($keys, record_key)",
        {"keys": keys},
    )
    unknown = sorted(set(keys) - set(known["record_key"].to_list()))
    if unknown:
        raise InputRefusedError(
            f"{unknown[0]!r} is not the key of a record in this home; was the workbook exported from another one?"
        )
