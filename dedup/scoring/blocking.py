"""Blocking: which records are compared at all, by rules over one record, each value of a rule held by a bounded number.

Records are numbered by their rows and keys are hashed, so that a pair is one number while pairs of many rules are
united: a million records and twenty rules come to some seconds. Two keys that hash alike cost a comparison and
nothing else. Does not belong here: which rules there are (the model modules), and weighing pairs
(`dedup.scoring.linker`).
"""

from __future__ import annotations

from collections.abc import Mapping

from dedup.models.blocking_rules import LARGEST_BLOCK, BlockingRule
from schemas.sql.files import Expression, SqlFolder, Table
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)


def block(session: Session, features: str, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Make the temporary table `match_pairs` of the pairs in the table `features` that some rule brings together.

    `match_pairs` has `match_key, join_key_l, join_key_r`, as Splink takes blocked pairs: row ids of `features`, the
    smaller one first. Returns by rule how many records hold a value that more than `LARGEST_BLOCK` share.
    """
    session.run(SQL.statement("create_match_keys"))
    too_common: dict[str, int] = {}
    for number, (name, rule) in enumerate(rules.items()):
        _find_keys(session, features, rule)
        session.run(SQL.statement("insert_match_keys"), {"rule": number, "largest": rule.largest})
        held = int(session.frame_of(SQL.statement("held_too_often"), {"most": LARGEST_BLOCK}).item())
        if held and rule.largest == LARGEST_BLOCK:
            # A rule for what few share leaves out the rest by design.
            too_common[name] = held
    session.execute("DROP TABLE rule_keys")
    session.run(SQL.statement("match_pairs"))
    session.execute("DROP TABLE match_keys")
    return too_common


def _find_keys(session: Session, features: str, rule: BlockingRule) -> None:
    """Make the temporary table `rule_keys` of the values of a rule that the records of a table of features hold."""
    session.run(SQL.statement("rule_keys", value=Expression(rule.value), features=Table(features)))


def block_changed(session: Session, features: str, former: str, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Make `match_pairs` of those pairs only that `block` would find and that changes of some records can have made.

    The table `former` holds the features that changed records had, the temporary table `changed_rows` (`record`) their
    row ids in `features` now. A value that was shared by few enough records and is not any more, or the
    other way round, changes what its unchanged holders are compared with, too: their row ids are left in the
    temporary table `unsettled_rows` (`record`). Pairs of a changed record, and pairs of two unsettled ones, are to
    be taken from `match_pairs`; all other pairs stay as they were.

    Returns what `block` does, of the values of changed records.
    """
    for table in ("create_rule_limits", "create_former_keys", "create_match_keys"):
        session.run(SQL.statement(table))
    for number, rule in enumerate(rules.values()):
        session.execute("INSERT INTO rule_limits VALUES (?, ?)", [number, rule.largest])
        _find_keys(session, former, rule)
        session.run(SQL.statement("insert_former_keys"), {"rule": number})
        _find_keys(session, features, rule)
        session.run(SQL.statement("insert_changed_keys"), {"rule": number})
    session.run(SQL.statement("block_sizes"))
    too_common = session.frame_of(SQL.statement("changed_held_too_often"), {"most": LARGEST_BLOCK})
    session.run(SQL.statement("unsettled_rows"))
    if session.count("unsettled_rows"):
        _add_unsettled(session, features, rules)
    session.run(SQL.statement("delete_large_blocks"))
    session.run(SQL.statement("changed_match_pairs"))
    names = [name if rule.largest == LARGEST_BLOCK else "" for name, rule in rules.items()]
    return {names[rule]: int(held) for rule, held in too_common.iter_rows() if names[rule]}


def _add_unsettled(session: Session, features: str, rules: Mapping[str, BlockingRule]) -> None:
    """Add to `match_keys` and `block_sizes` the values that two unsettled records share and no changed one holds."""
    for number, rule in enumerate(rules.values()):
        _find_keys(session, features, rule)
        session.run(SQL.statement("unsettled_rule_keys"), {"rule": number})
        if session.count("unsettled_rule_keys"):
            session.run(SQL.statement("insert_unsettled_keys"), {"rule": number})
            session.run(SQL.statement("insert_unsettled_sizes"), {"rule": number})
