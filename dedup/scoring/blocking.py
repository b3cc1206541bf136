"""Blocking: finds the pairs to compare, by blocking rules and a maximum block size.

Records are identified by row id and keys are hashed, so that the pairs of all rules are united as numbers: a million
records and twenty rules take seconds. A hash collision only costs one comparison. Does not belong here: the rules (the
model modules); scoring pairs (`dedup.scoring.linker`).
"""

from __future__ import annotations

from collections.abc import Mapping

from dedup.models.blocking_rules import MAX_BLOCK_SIZE, BlockingRule
from schemas.sql.files import Expression, SqlFolder, Table
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)


def block(session: Session, features: str, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Create the temporary table `match_pairs`: the pairs in the table `features` that satisfy a rule.

    Its columns are `match_key, join_key_l, join_key_r`, Splink's format of blocked pairs: row ids of `features`, the
    smaller one first. Returns, by rule, the number of records in oversized blocks.
    """
    session.run(SQL.statement("create_match_keys"))
    oversized_blocks: dict[str, int] = {}
    for number, (name, rule) in enumerate(rules.items()):
        _find_keys(session, features, rule)
        session.run(SQL.statement("insert_match_keys"), {"rule": number, "max_block_size": rule.max_block_size})
        in_oversized = int(session.frame_of(SQL.statement("oversized_blocks"), {"most": MAX_BLOCK_SIZE}).item())
        if in_oversized and rule.max_block_size == MAX_BLOCK_SIZE:
            # Rules with a lower limit skip large blocks by design.
            oversized_blocks[name] = in_oversized
    session.execute("DROP TABLE rule_keys")
    session.run(SQL.statement("match_pairs"))
    session.execute("DROP TABLE match_keys")
    return oversized_blocks


def _find_keys(session: Session, features: str, rule: BlockingRule) -> None:
    """Create the temporary table `rule_keys`: the value of a rule for each record of a features table."""
    session.run(SQL.statement("rule_keys", value=Expression(rule.value), features=Table(features)))


def block_changed(session: Session, features: str, former: str, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Create `match_pairs` with only those pairs of `block` that a change of records affects.

    The table `former` holds the old features of changed records; the temporary table `changed_rows` (`record`) holds
    their current row ids in `features`. If a block grows beyond the maximum size or shrinks below it, the pairs of its
    unchanged records change too: the temporary table `unsettled_rows` (`record`) has their row ids. Pairs with a
    changed record and pairs of two unsettled records come from `match_pairs`; all other pairs stay.

    Returns the same as `block`, for the values of changed records.
    """
    for table in ("create_rule_limits", "create_former_keys", "create_match_keys"):
        session.run(SQL.statement(table))
    for number, rule in enumerate(rules.values()):
        session.execute("INSERT INTO rule_limits VALUES (?, ?)", [number, rule.max_block_size])
        _find_keys(session, former, rule)
        session.run(SQL.statement("insert_former_keys"), {"rule": number})
        _find_keys(session, features, rule)
        session.run(SQL.statement("insert_changed_keys"), {"rule": number})
    session.run(SQL.statement("block_sizes"))
    oversized_blocks = session.frame_of(SQL.statement("changed_oversized_blocks"), {"most": MAX_BLOCK_SIZE})
    session.run(SQL.statement("unsettled_rows"))
    if session.count("unsettled_rows"):
        _add_unsettled(session, features, rules)
    session.run(SQL.statement("delete_large_blocks"))
    session.run(SQL.statement("changed_match_pairs"))
    names = [name if rule.max_block_size == MAX_BLOCK_SIZE else "" for name, rule in rules.items()]
    return {names[rule]: int(held) for rule, held in oversized_blocks.iter_rows() if names[rule]}


def _add_unsettled(session: Session, features: str, rules: Mapping[str, BlockingRule]) -> None:
    """Add to `match_keys` and `block_sizes` the values that unsettled records share and no changed record has."""
    for number, rule in enumerate(rules.values()):
        _find_keys(session, features, rule)
        session.run(SQL.statement("unsettled_rule_keys"), {"rule": number})
        if session.count("unsettled_rule_keys"):
            session.run(SQL.statement("insert_unsettled_keys"), {"rule": number})
            session.run(SQL.statement("insert_unsettled_sizes"), {"rule": number})
