"""Blocking: which records are compared at all, by rules over one record, each value of a rule held by a bounded number.

Records are numbered and keys are hashed, so that a pair is one number while pairs of many rules are united: a
million records and twenty rules come to some seconds. Two keys that hash alike cost a comparison and nothing
else. Does not belong here: which rules there are (the model modules), and weighing pairs (`dedup.engine`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.warehouse import Session

LARGEST_BLOCK = 500
"""Records that may share one value and still be compared each with each: 125,000 pairs. What more records share is a
placeholder or a switchboard, and its holders are found by other rules if they are anybody's."""


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Records that agree on every one of `keys`, SQL expressions over one record, none of them null.

    `explode` names a list column instead, of which one member in common is enough. A value that more than
    `largest` records share brings no two of them together: what little its agreement says is worth a look only
    where few agree.
    """

    keys: tuple[str, ...] = ()
    explode: str = ""
    largest: int = LARGEST_BLOCK

    @property
    def value(self) -> str:
        """The keys of one record as one text or a row for each, null where any is."""
        return f"unnest({self.explode})" if self.explode else " || chr(31) || ".join(self.keys)


def agreeing_on(*keys: str, largest: int = LARGEST_BLOCK) -> BlockingRule:
    """Records that agree on all of `keys`."""
    return BlockingRule(keys, largest=largest)


def sharing_one_of(column: str, largest: int = LARGEST_BLOCK) -> BlockingRule:
    """Records that have a member of a list column in common."""
    return BlockingRule(explode=column, largest=largest)


def block(session: Session, rules: Mapping[str, BlockingRule]) -> dict[str, int]:
    """Make the temporary table `match_pairs` of the pairs in `match_forms` that some rule brings together.

    `match_forms` has the number of each record in `record_key`; `match_pairs` has `match_key, join_key_l,
    join_key_r`, as Splink takes blocked pairs, the smaller number first. Returns by rule how many records hold
    a value that more than `LARGEST_BLOCK` share.
    """
    session.execute("CREATE OR REPLACE TEMP TABLE match_keys (rule UTINYINT, key UBIGINT, record INTEGER)")
    too_common: dict[str, int] = {}
    for number, (name, rule) in enumerate(rules.items()):
        session.execute(
            "CREATE OR REPLACE TEMP TABLE rule_keys AS "  # noqa: S608  (our own rules)
            f"SELECT hash(key) AS key, record FROM (SELECT {rule.value} AS key, record_key AS record FROM match_forms) "
            "WHERE key IS NOT NULL"
        )
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
    session.execute(
        "CREATE OR REPLACE TEMP TABLE match_pairs AS "
        "SELECT '0' AS match_key, CAST(pair >> 32 AS INTEGER) AS join_key_l, "
        "CAST(pair & 4294967295 AS INTEGER) AS join_key_r "
        "FROM (SELECT DISTINCT (CAST(l.record AS BIGINT) << 32) | r.record AS pair FROM match_keys AS l "
        "JOIN match_keys AS r ON l.rule = r.rule AND l.key = r.key AND l.record < r.record)"
    )
    session.execute("DROP TABLE match_keys")
    return too_common
