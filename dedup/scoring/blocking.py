"""Blocking: finds the pairs to compare, by blocking rules and a maximum block size.

Records are identified by row id and keys are hashed, so that the pairs of all rules are united as numbers: a million
records and twenty rules take seconds. A hash collision only costs one comparison. Does not belong here: the rules (the
model modules); scoring pairs (`dedup.scoring.linker`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dedup.models.blocking_rules import MAX_BLOCK_SIZE, BlockingRule
from schemas.sql.files import Expression, SqlFolder, Table
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)


def block(session: Session, features: str, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Create the temporary table `match_pairs`: the pairs in the table `features` that satisfy a rule.

    Its columns are `match_key, join_key_l, join_key_r`, Splink's format of blocked pairs: row ids of `features`, the
    smaller one first. Returns, by rule, the number of records in oversized blocks.
    """
    _limit(session, rules)
    # Grouped rule by rule, each hash table is as small as one rule needs it.
    sizes = [SQL.statement("rule_block_sizes", keys=Expression(query)).text for query in _queries(features, rules)]
    session.run(SQL.statement("block_sizes", sizes=_united(sizes)))
    session.run(SQL.statement("match_keys", keys=_keys(features, rules)))
    session.run(SQL.statement("match_pairs"))
    oversized_blocks = _oversized_blocks(session, rules)
    for table in ("match_keys", "block_sizes", "rule_limits"):
        session.execute(f"DROP TABLE {table}")
    return oversized_blocks


def _queries(features: str, rules: Mapping[str, BlockingRule]) -> list[str]:
    """For each rule, a query for its values, `rule, key, record`, of the records of a features table."""
    return [
        SQL.statement(
            "rule_keys", rule=Expression(str(number)), value=Expression(rule.value), features=Table(features)
        ).text
        for number, rule in enumerate(rules.values())
    ]


def _united(queries: Sequence[str]) -> Expression:
    return Expression("\nUNION ALL\n".join(queries))


def _keys(features: str, rules: Mapping[str, BlockingRule]) -> Expression:
    """A query for the values of all rules."""
    return _united(_queries(features, rules))


def _limit(session: Session, rules: Mapping[str, BlockingRule]) -> None:
    """Create the temporary table `rule_limits`: the maximum block size by number of the rule."""
    session.run(SQL.statement("rule_limits"), {"limits": [rule.max_block_size for rule in rules.values()]})


def _oversized_blocks(session: Session, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """By rule, the number of records in blocks of `block_sizes` that are oversized.

    Not of rules with a lower limit: they skip large blocks by design.
    """
    found = session.frame_of(SQL.statement("oversized_blocks"), {"most": MAX_BLOCK_SIZE})
    names = list(rules)
    return {
        names[rule]: int(held)
        for rule, held in found.iter_rows()
        if rules[names[rule]].max_block_size == MAX_BLOCK_SIZE
    }


def block_changed(session: Session, features: str, former: str, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Create `match_pairs` with only those pairs of `block` that a change of records affects.

    The table `former` holds the old features of changed records; the temporary table `changed_rows` (`record`) holds
    their current row ids in `features`. If a block grows beyond the maximum size or shrinks below it, the pairs of its
    unchanged records change too: the temporary table `unsettled_rows` (`record`) has their row ids. Pairs with a
    changed record and pairs of two unsettled records come from `match_pairs`; all other pairs stay.

    Returns the same as `block`, for the values of changed records.
    """
    keys = _keys(features, rules)
    _limit(session, rules)
    session.run(SQL.statement("changed_features", features=Table(features)))
    changed, former_keys = _keys("changed_features", rules), _keys(former, rules)
    session.run(SQL.statement("changed_blocks", keys=changed, former_keys=former_keys))
    session.run(SQL.statement("changed_match_keys", keys=keys))
    session.run(SQL.statement("changed_block_sizes"))
    session.run(SQL.statement("unsettled_rows"))
    if session.count("unsettled_rows"):
        session.run(SQL.statement("unsettled_blocks", keys=keys))
        session.run(SQL.statement("insert_unsettled_keys", keys=keys))
    session.run(SQL.statement("delete_large_blocks"))
    session.run(SQL.statement("changed_match_pairs"))
    return _oversized_blocks(session, rules)
