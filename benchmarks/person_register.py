"""A register of persons, made from a seed: dates of birth, addresses and personal numbers, and who is who.

Belongs here: records like those of a public register or a customer base, half of them repeated with the errors of
typing: a letter lost or swapped, day and month exchanged, a digit changed, a field left blank. Does not belong here:
contacts of sales teams (`benchmarks.crm_contacts`).
"""

from __future__ import annotations

import random
from datetime import date, timedelta

COLUMNS = [
    "rec_id",
    "given_name",
    "surname",
    "street_number",
    "address",
    "city",
    "postcode",
    "date_of_birth",
    "soc_sec_id",
]
_SYLLABLES = ("an", "bel", "cor", "dan", "el", "fin", "gar", "hol", "is", "jo", "kir", "lin", "mar", "nor", "os", "pet")
_CITIES = (("Leeds", "10"), ("York", "11"), ("Oslo", "12"), ("Lyon", "13"), ("Graz", "14"), ("Turin", "15"))
_ROADS = ("Mill Lane", "High Street", "Station Road", "Park Avenue", "Church Hill", "Bridge Street")
ERRORS = 5
"""Errors in a repeated record, at most."""


def make_register(count: int, seed: int = 11) -> tuple[list[list[str]], list[int]]:
    """`count` rows under `COLUMNS`, half of them repeated records, and by row the number of its person."""
    rng = random.Random(seed)
    found = [(_person(rng), number) for number in range(count - count // 2)]
    found += [(_repeated(rng, row), number) for row, number in rng.sample(found, count // 2)]
    rng.shuffle(found)
    rows = [[f"r{place}", *row] for place, (row, _) in enumerate(found)]
    return rows, [number for _, number in found]


def _person(rng: random.Random) -> list[str]:
    city, area = rng.choice(_CITIES)
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(28_000))
    given, family = (_name(rng, parts) for parts in (2, 3))
    number, road = str(rng.randrange(1, 200)), rng.choice(_ROADS)
    return [
        given,
        family,
        number,
        road,
        city,
        f"{area}{rng.randrange(100, 999)}",
        f"{born:%Y%m%d}",
        f"{rng.randrange(10**6, 10**7)}",
    ]


def _name(rng: random.Random, parts: int) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(parts))


def _repeated(rng: random.Random, row: list[str]) -> list[str]:
    again = list(row)
    for place in rng.sample(range(len(row)), rng.randint(0, ERRORS)):
        again[place] = _misspelt(rng, again[place])
    return again


def _misspelt(rng: random.Random, cell: str) -> str:
    place = rng.randrange(len(cell) - 1) if len(cell) > 1 else 0
    kind = rng.randrange(4)
    if kind == 0:
        return ""
    if kind == 1:
        return cell[:place] + cell[place + 1 :]
    if kind == 2:
        return cell[:place] + cell[place : place + 2][::-1] + cell[place + 2 :]
    return cell[:place] + rng.choice("123456789" if cell.isdigit() else "aeinrst") + cell[place + 1 :]
