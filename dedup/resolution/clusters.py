"""Clusters: groups records by matched pairs, must-link and cannot-link constraints.

With plain connected components, one doubtful pair would merge two groups, and a path around a decision would override
it. So components with more than a few records, or with a cannot-link pair, are rebuilt pair by pair, the strongest
first (single-linkage agglomeration under constraints, as in Davidson and Ravi 2005). Two parts are joined only if no
cannot-link separates them and enough pairs across support it. Then must-link pairs join whole clusters: deciding `same`
never splits a cluster (decision 0026). All ties are broken by content, so that the order of imports does not matter.
Does not belong here: scoring (`dedup.scoring.linker`); ids (`dedup.resolution.entities`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from schemas.contracts.counting import counted
from schemas.contracts.vocabulary import Band, Entity, PairRule

SUPPORT = 0.25
"""Two parts are joined if at least this share of the pairs across them is in the review band or better. A chain of
records, each similar only to the next, falls below it from its fifth record on."""

STRONG, SUPPORT_OF_STRONG = 0.999, 0.1
"""A pair that is wrong once in a thousand times needs less support: `SUPPORT_OF_STRONG` of the pairs across."""

SMALL = 3
"""Components of up to this many records need no support: one pair is already a third of all pairs across."""

LARGE = 50
"""Larger clusters are reported: one person rarely has more records."""

FINDING_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "entity": pl.String,
    "finding": pl.String,
    "record_keys": pl.List(pl.String),
    "detail": pl.String,
}


@dataclass(slots=True)
class Clusters:
    """`components` has `record_key, component` (the smallest key of the cluster) for every record; `loosened` has the
    rejected edges, `record_key_l, record_key_r, rule`; `findings` has what needs a person's attention
    (`FINDING_SCHEMA`).
    """

    components: pl.DataFrame
    loosened: pl.DataFrame
    findings: pl.DataFrame


@dataclass(slots=True)
class _Part:
    """The records joined so far, and those that cannot join them."""

    members: set[str]
    apart: set[str] = field(default_factory=set)


def constrained(entity: Entity, components: pl.DataFrame, pairs: pl.DataFrame, apart: pl.DataFrame) -> Clusters:
    """Split those of the connected `components` (`record_key, component`) that must not stay whole.

    `pairs` has `record_key_l, record_key_r, match_weight, match_probability, band, rule` of every kept pair; a pair
    that people decided to be the same has a second row with its score, if any. `apart` has the cannot-link pairs,
    `record_key_l, record_key_r, rule`.
    """
    of_record = components.select("record_key", "component")
    together = of_record.filter(pl.len().over("component") > 1)
    sizes = together.group_by("component").len("size")
    inside = _within(apart, together)
    suspects = pl.concat(
        [
            sizes.filter(pl.col("size") > SMALL)["component"],
            inside["component"],
        ]
    ).unique()
    candidates = _within(pairs, together.filter(pl.col("component").is_in(suspects.implode())))
    split_up: dict[str, list[str]] = {"record_key": [], "component": []}
    loosened: list[tuple[str, str, str]] = []
    findings: list[dict[str, object]] = []
    kept_apart = inside.partition_by("component", as_dict=True)
    for (component,), group in sorted(candidates.partition_by("component", as_dict=True).items()):
        apart_here = kept_apart.get((component,), inside.clear())
        grown = _Agglomeration(entity, group, apart_here)
        grown.run()
        for part in grown.parts():
            split_up["record_key"] += sorted(part)
            split_up["component"] += [min(part)] * len(part)
        loosened += [(*pair, rule) for pair, rule in grown.loosened.items()]
        findings += grown.findings
    if split_up["record_key"]:
        split = pl.DataFrame(split_up)
        of_record = pl.concat([of_record.join(split, on="record_key", how="anti"), split]).sort("record_key")
    large = (
        of_record.group_by("component").agg(pl.col("record_key").sort()).filter(pl.col("record_key").list.len() > LARGE)
    )
    findings += [
        {
            "entity": entity.value,
            "finding": "large cluster",
            "record_keys": keys,
            "detail": f"one {entity.value} of {counted(len(keys), 'record')}",
        }
        for _, keys in large.sort("component").iter_rows()
    ]
    return Clusters(
        of_record,
        pl.DataFrame(
            loosened,
            schema={"record_key_l": pl.String, "record_key_r": pl.String, "rule": pl.String},
            orient="row",
        ),
        pl.DataFrame(findings, schema=FINDING_SCHEMA, orient="row"),
    )


def _within(pairs: pl.DataFrame, of_record: pl.DataFrame) -> pl.DataFrame:
    """The pairs within one component, with `component`."""
    right = of_record.rename({"record_key": "record_key_r", "component": "component_r"})
    joined = pairs.join(of_record.rename({"record_key": "record_key_l"}), on="record_key_l").join(
        right, on="record_key_r"
    )
    return (
        joined.filter(pl.col("component") == pl.col("component_r"))
        .drop("component_r")
        .sort("record_key_l", "record_key_r")
    )


class _Agglomeration:
    """Rebuilds one component from single records."""

    def __init__(self, entity: Entity, pairs: pl.DataFrame, apart: pl.DataFrame) -> None:
        self.entity = entity
        self.loosened: dict[tuple[str, str], str] = {}
        self.findings: list[dict[str, object]] = []
        self._edges: list[_Edge] = []
        self._decided: list[_Edge] = []
        self._likely: dict[str, set[str]] = {}
        self._keys: set[str] = set()
        self._apart: dict[str, set[str]] = {}
        self._apart_rules: dict[tuple[str, str], str] = {}
        for left, right, weight, chance, band, rule in pairs.select(
            "record_key_l", "record_key_r", "match_weight", "match_probability", "band", "rule"
        ).iter_rows():
            self._keys |= {left, right}
            if band == Band.MATCHED:
                edges = self._decided if rule == PairRule.DECIDED_SAME else self._edges
                edges.append((rule == PairRule.MODEL, -weight, left, right, rule, chance))
            if band != Band.DISTINCT and rule != PairRule.DECIDED_SAME:
                self._likely.setdefault(left, set()).add(right)
                self._likely.setdefault(right, set()).add(left)
        for left, right, rule in apart.select("record_key_l", "record_key_r", "rule").iter_rows():
            self._keys |= {left, right}
            self._apart.setdefault(left, set()).add(right)
            self._apart.setdefault(right, set()).add(left)
            self._apart_rules[left, right] = rule
        self._edges.sort()
        self._decided.sort()
        self._parts: dict[str, _Part] = {}

    def run(self) -> None:
        """Join parts by evidence, then whole clusters by must-links.

        If a cluster joined by evidence has a cannot-link against a must-link, the must-link wins: its records are
        joined first, then the evidence is applied again.
        """
        self._join_by_evidence([])
        refused = self._join_decided()
        if refused:
            self._join_by_evidence(self._consistent_groups(refused))
            refused = self._join_decided()
        self._report_contradictions(refused)
        # The records of a rejected edge may have been joined through others since.
        self.loosened = {
            pair: rule for pair, rule in self.loosened.items() if self._parts[pair[0]] is not self._parts[pair[1]]
        }
        bridges = sorted({key for pair, rule in self.loosened.items() if rule == PairRule.WEAK_BRIDGE for key in pair})
        if bridges:
            self._find(
                "weak bridge",
                bridges,
                "few pairs connect the groups of these records, so they are apart; review them",
            )

    def parts(self) -> list[set[str]]:
        """The clusters."""
        return [part.members for part in {id(part): part for part in self._parts.values()}.values()]

    def _join_by_evidence(self, together: list[set[str]]) -> None:
        """Join parts by links and scored pairs, the strongest first; the groups `together` are joined before."""
        self._parts = {key: _Part({key}, set(self._apart.get(key, ()))) for key in self._keys}
        self.loosened, self.findings = {}, []
        for group in together:
            first, *others = sorted(group)
            for key in others:
                self._join(self._parts[first], self._parts[key])
        for _, _, left, right, rule, chance in self._edges:
            one, other = self._parts[left], self._parts[right]
            if one is other:
                continue
            if one.apart & other.members:
                self.loosened[left, right] = PairRule.KEPT_APART
                if rule != PairRule.MODEL:
                    self._contradiction(left, right, rule)
            elif rule == PairRule.MODEL and not self._is_supported(one, other, chance):
                self.loosened[left, right] = PairRule.WEAK_BRIDGE
            else:
                self._join(one, other)

    def _join_decided(self) -> list[_Edge]:
        """Join the parts of must-link pairs; returns the pairs that a cannot-link separates."""
        refused = []
        for edge in self._decided:
            one, other = self._parts[edge[2]], self._parts[edge[3]]
            if one is other:
                continue
            if one.apart & other.members:
                refused.append(edge)
            else:
                self._join(one, other)
        return refused

    def _consistent_groups(self, refused: list[_Edge]) -> list[set[str]]:
        """Groups of records that must-links connect, around the refused pairs, without cannot-link pairs.

        Records of one part count as one from the start: a decision about a cluster is about all of its records.
        """
        groups = {key: {key} for _, _, left, right, *_ in self._decided for key in (left, right)}
        of_part: dict[int, set[str]] = {}
        for key in sorted(groups):
            _unite(groups, of_part.setdefault(id(self._parts[key]), groups[key]), groups[key])
        for _, _, left, right, *_ in self._decided:
            one, other = groups[left], groups[right]
            if not any(self._apart.get(key, set()) & other for key in one):
                _unite(groups, one, other)
        wanted = {id(groups[key]): groups[key] for edge in refused for key in (edge[2], edge[3])}
        return [group for group in wanted.values() if len({id(self._parts[key]) for key in group}) > 1]

    def _is_supported(self, one: _Part, other: _Part, chance: float) -> bool:
        across = len(one.members) * len(other.members)
        if across <= SMALL:
            return True
        small, large = sorted((one.members, other.members), key=len)
        likely = sum(len(self._likely.get(key, set()) & large) for key in small)
        return likely >= (SUPPORT_OF_STRONG if chance >= STRONG else SUPPORT) * across

    def _join(self, one: _Part, other: _Part) -> None:
        if one is other:
            return
        if len(one.members) < len(other.members):
            one, other = other, one
        one.members |= other.members
        one.apart |= other.apart
        for key in other.members:
            self._parts[key] = one

    def _report_contradictions(self, refused: list[_Edge]) -> None:
        """Report one contradicting pair for each two parts."""
        seen: set[tuple[int, int]] = set()
        for _, _, left, right, rule, _ in refused:
            one, other = self._parts[left], self._parts[right]
            if one is other:
                continue
            self.loosened[left, right] = PairRule.KEPT_APART
            parts = (min(id(one), id(other)), max(id(one), id(other)))
            if parts not in seen:
                seen.add(parts)
                self._contradiction(left, right, rule)

    def _contradiction(self, left: str, right: str, rule: str) -> None:
        one, other = self._parts[left].members, self._parts[right].members
        apart = sorted(
            (pair, apart_rule)
            for pair, apart_rule in self._apart_rules.items()
            if (pair[0] in one and pair[1] in other) or (pair[1] in one and pair[0] in other)
        )
        (against_l, against_r), apart_rule = apart[0]
        self._find(
            "contradiction",
            sorted({left, right, against_l, against_r}),
            f"{left} and {right} must be one ({rule}), but {against_l} and {against_r} must not ({apart_rule}): "
            "kept apart",
        )

    def _find(self, finding: str, keys: list[str], detail: str) -> None:
        self.findings.append({"entity": self.entity.value, "finding": finding, "record_keys": keys, "detail": detail})


_Edge = tuple[bool, float, str, str, str, float]
"""A matched pair: whether the model matched it, its negative weight, the two records, its rule and its probability.

Sorted: pairs that sources state first, then model pairs from the strongest to the weakest.
"""


def _unite(groups: dict[str, set[str]], one: set[str], other: set[str]) -> None:
    if one is not other:
        one |= other
        for key in other:
            groups[key] = one
