"""Contacts as sales teams have them, made from a seed: who is who is known, and is not written into the list.

    python -m benchmarks.crm_contacts 100000 contacts.csv [--seed 7] [--duplicates 0.2]

A fifth of the rows are further records of people who are there already: under a nickname, with typing errors, after a
change of job, with half of the fields missing, with the switchboard's number. Names are skewed: half of the people bear
names at the frequencies of the United States Census, half bear made-up ones under Zipf's law, so that no
table of frequencies knows them. The column `person` tells who is who; it is written to a file of its own.
"""

from __future__ import annotations

import argparse
import csv
import random
from bisect import bisect
from importlib.resources import files
from itertools import accumulate
from pathlib import Path

COLUMNS = ["id", "first name", "last name", "email", "phone", "mobile", "company", "job title", "street", "city", "zip"]
_FREE_MAIL = ["gmail.com", "yahoo.com", "outlook.com", "web.de", "orange.fr", "hotmail.com"]
_NICKNAMES = {
    "robert": ["bob", "rob"], "william": ["bill", "will"], "james": ["jim"], "elizabeth": ["liz", "beth"],
    "michael": ["mike"], "richard": ["rick", "dick"], "katherine": ["kate", "kathy"], "margaret": ["peggy", "maggie"],
    "thomas": ["tom"], "joseph": ["joe"], "charles": ["chuck", "charlie"], "christopher": ["chris"],
    "patricia": ["pat", "trish"], "jennifer": ["jen", "jenny"], "daniel": ["dan"], "anthony": ["tony"],
    "matthew": ["matt"], "steven": ["steve"], "andrew": ["andy"], "deborah": ["debbie"], "susan": ["sue"],
    "barbara": ["barb"], "edward": ["ed", "ted"], "kimberly": ["kim"], "jessica": ["jess"], "samuel": ["sam"],
}  # fmt: skip
_SYLLABLES = ["ka", "lo", "mi", "ren", "sto", "va", "del", "bri", "ho", "jan", "wie", "czak", "ov", "eri", "tal", "ung"]
_FORMS = ["GmbH", "Inc", "Ltd", "SARL", "AG", "LLC", ""]
_WORDS = ["Nord", "Alpha", "Blue", "Delta", "Iron", "Cedar", "Quick", "Silver", "Prime", "Urban", "Green", "Vertex"]
_TRADES = ["Logistics", "Foods", "Systems", "Partners", "Energy", "Media", "Tools", "Health", "Motors", "Design"]
_TITLES = ["CEO", "Buyer", "Head of Sales", "Engineer", "Office Manager", "CTO", "Accountant"]
_STREETS = ["High Street", "Station Road", "Hauptstr.", "Rue de la Paix", "Main St", "Park Avenue", "Mill Lane"]


class _Drawn:
    """Values drawn at given weights."""

    def __init__(self, values: list[str], weights: list[float]) -> None:
        self.values, self.sums = values, list(accumulate(weights))

    def one(self, rng: random.Random) -> str:
        return self.values[bisect(self.sums, rng.random() * self.sums[-1])]


def _census(*tables: str) -> _Drawn:
    values: list[str] = []
    weights: list[float] = []
    for table in tables:
        for line in files("names").joinpath(table).read_text(encoding="ascii").splitlines():
            name, share = line.split()[:2]
            values.append(name.lower())
            weights.append(float(share) + 1e-5)
    return _Drawn(values, weights)


def _made_up(count: int, parts: int, seed: int) -> _Drawn:
    rng = random.Random(seed)
    names = sorted({"".join(rng.choices(_SYLLABLES, k=rng.randint(2, parts))) for _ in range(count)})
    rng.shuffle(names)
    return _Drawn(names, [1 / (rank + 30) for rank in range(len(names))])


class Contacts:
    """Makes people, and records of them."""

    def __init__(self, count: int, seed: int) -> None:
        self.rng = random.Random(seed)
        self.given = [_census("dist.male.first", "dist.female.first"), _made_up(3000, 3, 1)]
        self.family = [_census("dist.all.last"), _made_up(60_000, 5, 2)]
        companies = max(5, count // 12)
        self.companies = [self._company(number) for number in range(companies)]
        self.sizes = list(accumulate(1 / (rank + 3) ** 0.8 for rank in range(companies)))
        self.cities = [f"{first}{last}" for first in _WORDS for last in ("ton", "burg", "ville", "field", "haven")]

    def _company(self, number: int) -> dict[str, str]:
        rng = self.rng
        name = f"{rng.choice(_WORDS)} {''.join(rng.choices(_SYLLABLES, k=3)).title()} {rng.choice(_TRADES)}"
        return {
            "name": f"{name} {rng.choice(_FORMS)}".strip(),
            "domain": f"{name.lower().replace(' ', '')}{number % 100}.com",
            "switchboard": self._phone(),
            "street": f"{rng.randrange(1, 200)} {rng.choice(_STREETS)}",
            "city": rng.choice([f"{first}{last}" for first in _WORDS for last in ("ton", "burg", "ville")]),
            "zip": f"{rng.randrange(10_000, 99_999)}",
        }

    def _phone(self) -> str:
        return f"+49 {self.rng.randrange(30, 999)} {self.rng.randrange(1_000_000, 9_999_999)}"

    def person(self) -> dict[str, str]:
        """A person with every field."""
        rng = self.rng
        kind = rng.random() < 0.5
        given, family = self.given[kind].one(rng), self.family[kind].one(rng)
        person = {"first name": given, "last name": family, "mobile": self._phone(), "job title": rng.choice(_TITLES)}
        # Three in ten give nobody who sells their mobile number, and their private address instead.
        person["reached"] = "by mail" if rng.random() < 0.3 else "by mobile"
        person["private"] = f"{given}.{family}{rng.choice(['', str(rng.randrange(100))])}@{rng.choice(_FREE_MAIL)}"
        return {**person, **self._employed(given, family)}

    def _employed(self, given: str, family: str) -> dict[str, str]:
        rng = self.rng
        company = self.companies[bisect(self.sizes, rng.random() * self.sizes[-1])]
        local = rng.choice([f"{given}.{family}", f"{given[0]}.{family}", f"{given[0]}{family}"])
        return {
            "company": company["name"],
            "email": f"{local}@{company['domain']}" if rng.random() < 0.95 else f"info@{company['domain']}",
            "phone": company["switchboard"] if rng.random() < 0.4 else self._phone(),
            "street": company["street"],
            "city": company["city"],
            "zip": company["zip"],
        }

    def record(self, person: dict[str, str], *, is_first: bool) -> list[str]:
        """A record of a person: complete to a degree, and the less alike the more time has gone by."""
        rng = self.rng
        row = dict(person)
        if rng.random() < (0.9 if row["reached"] == "by mail" else 0.12):
            row["email"] = row["private"]
        if not is_first:
            self._aged(row)
        for column, missing in (
            ("email", 0.12), ("phone", 0.25), ("mobile", 1.0 if row["reached"] == "by mail" else 0.05),
            ("company", 0.08), ("job title", 0.4),
            ("street", 0.4), ("city", 0.25), ("zip", 0.45), ("first name", 0.01),
        ):  # fmt: skip
            if rng.random() < missing:
                row[column] = ""
        case = rng.random()
        for column in ("first name", "last name"):
            row[column] = row[column].upper() if case < 0.05 else row[column].title()
        return [row[column] for column in COLUMNS[1:]]

    def _aged(self, row: dict[str, str]) -> None:
        rng = self.rng
        chance = rng.random()
        if chance < 0.15:  # another job: the mobile number and the private address stay
            row |= self._employed(row["first name"], row["last name"])
            if rng.random() < 0.5:
                row["email"] = row["private"]
        elif chance < 0.18:  # another family name
            row["last name"] = (
                self.family[0].one(rng) if rng.random() < 0.5 else f"{row['last name']}-{self.family[0].one(rng)}"
            )
        self._misspelt(row)

    def _misspelt(self, row: dict[str, str]) -> None:
        rng = self.rng
        nicknames = _NICKNAMES.get(row["first name"])
        if nicknames and rng.random() < 0.4:
            row["first name"] = rng.choice(nicknames)
        elif rng.random() < 0.04:
            row["first name"] = row["first name"][0]
        if rng.random() < 0.02:
            row["first name"], row["last name"] = row["last name"], row["first name"]
        for column in ("first name", "last name", "email", "street", "city", "company"):
            if rng.random() < 0.06:
                row[column] = _slip(rng, row[column])
        if rng.random() < 0.1:
            row["phone"] = row["phone"].replace(" ", "").replace("+49", "0")
        if rng.random() < 0.15:
            row["company"] = row["company"].rsplit(" ", 1)[0]


def _slip(rng: random.Random, text: str) -> str:
    if len(text) < 3:
        return text
    place = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return text[:place] + letter + text[place + (kind == 2) :]


def make_contacts(count: int, seed: int = 7, duplicates: float = 0.2) -> tuple[list[list[str]], list[int]]:
    """Rows under `COLUMNS`, and the number of the person that each is about, in a shuffled order."""
    made = Contacts(count, seed)
    firsts = round(count * (1 - duplicates))
    people = [made.person() for _ in range(firsts)]
    rows = [(number, made.record(person, is_first=True)) for number, person in enumerate(people)]
    while len(rows) < count:
        number = made.rng.randrange(firsts)
        rows.append((number, made.record(people[number], is_first=False)))
    made.rng.shuffle(rows)
    return [[str(place), *row] for place, (_, row) in enumerate(rows)], [number for number, _ in rows]


def main() -> None:
    """Write a list, and beside it who is who."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--duplicates", type=float, default=0.2)
    given = parser.parse_args()
    rows, people = make_contacts(given.rows, given.seed, given.duplicates)
    with given.path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    with given.path.with_suffix(".truth.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "person"])
        writer.writerows((row[0], person) for row, person in zip(rows, people, strict=True))


if __name__ == "__main__":
    main()
