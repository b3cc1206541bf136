"""Blocking: which records are compared at all, by rules over one record, each value of a rule held by a bounded number.

Records are numbered by their rows and keys are hashed, so that a pair is one number while pairs of many rules are
united: a million records and twenty rules come to some seconds. Two keys that hash alike cost a comparison and
nothing else. Does not belong here: which rules there are (the model modules), and weighing pairs
(`dedup.scoring.linker`).
"""

from __future__ import annotations

from collections.abc import Mapping

from dedup.models.blocking_rules import LARGEST_BLOCK, BlockingRule
from schemas.stores.warehouse import Session

_PAIRS = (
    "CREATE OR REPLACE TEMP TABLE match_pairs AS "
    "SELECT '0' AS match_key, pair >> 32 AS join_key_l, pair & 4294967295 AS join_key_r "
    "FROM (SELECT DISTINCT (CAST(l.record AS BIGINT) << 32) | r.record AS pair FROM match_keys AS l "
    "JOIN match_keys AS r ON l.rule = r.rule AND l.key = r.key AND l.record < r.record{which})"
)


def block(session: Session, features: str, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Make the temporary table `match_pairs` of the pairs in the table `features` that some rule brings together.

    `match_pairs` has `match_key, join_key_l, join_key_r`, as Splink takes blocked pairs: row ids of `features`, the
    smaller one first. Returns by rule how many records hold a value that more than `LARGEST_BLOCK` share.
    """
    session.execute("CREATE OR REPLACE TEMP TABLE match_keys (rule UTINYINT, key UBIGINT, record BIGINT)")
    too_common: dict[str, int] = {}
    for number, (name, rule) in enumerate(rules.items()):
        session.execute(f"CREATE OR REPLACE TEMP TABLE rule_keys AS {rule.of(features)}")
        session.execute(
            f"INSERT INTO match_keys SELECT {number}, key, record FROM rule_keys SEMI JOIN "  # noqa: S608  (our own numbers)
            f"(SELECT key FROM rule_keys GROUP BY key HAVING count(*) BETWEEN 2 AND {rule.largest}) USING (key)"
        )
        held = session.scalar(
            "SELECT coalesce(sum(held), 0) FROM (SELECT count(*) AS held FROM rule_keys GROUP BY key HAVING held > ?)",
            [LARGEST_BLOCK],
        )
        if int(str(held)) and rule.largest == LARGEST_BLOCK:
            # A rule for what few share leaves out the rest by design.
            too_common[name] = int(str(held))
    session.execute("DROP TABLE rule_keys")
    session.execute(_PAIRS.format(which=""))
    session.execute("DROP TABLE match_keys")
    return too_common


def block_changed(session: Session, features: str, former: str, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Make `match_pairs` of those pairs only that `block` would find and that changes of some records can have made.

    The table `former` holds the features that changed records had, the temporary table `changed_rows` (`record`) their
    row ids in `features` now. A value that was shared by few enough records and is not any more, or the
    other way round, changes what its unchanged holders are compared with, too: their row ids are left in the
    temporary table `unsettled_rows` (`record`). Pairs of a changed record, and pairs of two unsettled ones, are to
    be taken from `match_pairs`; all other pairs stay as they were.

    Returns what `block` does, of the values of changed records.
    """
    session.execute("CREATE OR REPLACE TEMP TABLE rule_limits (rule UTINYINT, largest INTEGER)")
    for number, rule in enumerate(rules.values()):
        session.execute("INSERT INTO rule_limits VALUES (?, ?)", [number, rule.largest])
    session.execute("CREATE OR REPLACE TEMP TABLE former_keys (rule UTINYINT, key UBIGINT, record BIGINT)")
    session.execute("CREATE OR REPLACE TEMP TABLE match_keys (rule UTINYINT, key UBIGINT, record BIGINT)")
    for number, rule in enumerate(rules.values()):
        session.execute(f"INSERT INTO former_keys SELECT {number}, * FROM ({rule.of(former)})")  # noqa: S608
        changed = rule.of(features, "rowid IN (SELECT record FROM changed_rows)")
        session.execute(
            f"INSERT INTO match_keys SELECT {number}, key, record FROM ({rule.of(features)}) SEMI JOIN "  # noqa: S608
            f"(SELECT key FROM ({changed}) UNION SELECT key FROM former_keys WHERE rule = {number}) USING (key)"
        )
    session.run("steps/block_sizes")
    too_common = session.frame(
        "SELECT rule, sum(now) AS held FROM block_sizes WHERE now > ? GROUP BY rule", [LARGEST_BLOCK]
    )
    session.run("steps/unsettled_rows")
    if session.scalar("SELECT count(*) FROM unsettled_rows"):
        _add_unsettled(session, features, rules)
    session.execute(
        "DELETE FROM match_keys USING block_sizes JOIN rule_limits USING (rule) "
        "WHERE match_keys.rule = block_sizes.rule AND match_keys.key = block_sizes.key AND now > largest"
    )
    changed_too = "(l.record IN (SELECT record FROM changed_rows) OR r.record IN (SELECT record FROM changed_rows))"
    unsettled = "(l.record IN (SELECT record FROM unsettled_rows) AND r.record IN (SELECT record FROM unsettled_rows))"
    session.execute(_PAIRS.format(which=f" WHERE {changed_too} OR {unsettled}"))
    names = [name if rule.largest == LARGEST_BLOCK else "" for name, rule in rules.items()]
    return {names[rule]: int(held) for rule, held in too_common.sort("rule").iter_rows() if names[rule]}


def _add_unsettled(session: Session, features: str, rules: Mapping[str, BlockingRule]) -> None:
    """Add to `match_keys` and `block_sizes` the values that two unsettled records share and no changed one holds."""
    for number, rule in enumerate(rules.values()):
        unsettled = rule.of(features, "rowid IN (SELECT record FROM unsettled_rows)")
        session.execute(
            "CREATE OR REPLACE TEMP TABLE unsettled_keys AS "  # noqa: S608
            f"SELECT key FROM ({unsettled}) GROUP BY key HAVING count(*) > 1 "
            f"EXCEPT SELECT key FROM block_sizes WHERE rule = {number}"
        )
        if not session.scalar("SELECT count(*) FROM unsettled_keys"):
            continue
        session.execute(
            "CREATE OR REPLACE TEMP TABLE rule_keys AS "  # noqa: S608
            f"SELECT * FROM ({rule.of(features)}) SEMI JOIN unsettled_keys USING (key)"
        )
        session.execute(f"INSERT INTO match_keys SELECT {number}, key, record FROM rule_keys")  # noqa: S608
        session.execute(
            f"INSERT INTO block_sizes SELECT {number}, key, count(*), count(*) FROM rule_keys GROUP BY key"  # noqa: S608
        )
