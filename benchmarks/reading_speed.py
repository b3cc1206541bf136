"""How long reading takes beside what is the least it could: CSV beside Polars, workbooks beside fastexcel.

    python -m benchmarks.reading_speed [--rows 1000000] [--workbook-rows 100000]

Each measurement is a process of its own, and the least of three in turns counts: what else a machine does only
adds. CPU seconds are user and system of the process and its children; the ratio compares two of them in one run
of this program. Lists are made from a seed and hold what real ones do: names, e-mails, phones in several
spellings, amounts, dates, 20 columns in all.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

HEADERS = [
    "Contact ID", "First name", "Last name", "E-mail", "Phone", "Mobile", "Company", "Website", "Job title", "Street",
    "City", "Region", "Postal code", "Country", "Birthday", "Created", "Modified", "Newsletter", "Score", "Notes",
]  # fmt: skip
_PLACES = [
    ("Lyon", "Rhône", "69002", "France", "04 72 {:02d} {:02d} {:02d}"),
    ("Berlin", "BE", "10115", "Germany", "030 {:02d}{:02d}{:02d}1"),
    ("Denver", "CO", "80202", "United States", "(303) 555-{:02d}{:02d}"),
    ("Leeds", "", "LS1 4DY", "United Kingdom", "+44 113 4{:02d} {:02d}{:02d}"),
]

TURNS = 3

_TASKS = {
    "polars": """
import polars as pl
pl.read_csv(PATH, infer_schema=False).write_parquet(OUT)
""",
    "leadsift": """
from pathlib import Path
from pipelines.allocation import keep_freed_memory
keep_freed_memory()  # as the command line does, before Polars is imported
from assets.sources.files.landing import land
from assets.sources.loading.imports import load_pending
from schemas.contracts.options import ImportOptions
from schemas.stores.settings import load_settings
from schemas.stores.stores import Stores
settings = load_settings(Path(OUT))
with Stores.open(settings) as stores:
    land([Path(PATH)], ImportOptions(), stores)
    load_pending(stores.session, stores)
    print(stores.session.scalar("SELECT count(*) FROM records.source_persons WHERE NOT is_stub"))
""",
    "fastexcel": """
import fastexcel
book = fastexcel.read_excel(PATH)
for name in book.sheet_names:
    book.load_sheet(name, header_row=None, dtypes="string").to_polars()
""",
    "leadsift workbook": """
from pathlib import Path
from assets.sources.readers.reading import read_file
from assets.sources.layout.tables import find_tables
for sheet in read_file(Path(PATH)).sheets:
    print(sum(table.cells.height for table in find_tables(sheet, frozenset({"e mail", "first name", "city"}))))
""",
}


def make_rows(count: int) -> list[list[str]]:
    """Seeded rows under `HEADERS`: eight contacts a company, two fifths with a mobile number, a tenth with a note."""
    rng = random.Random(20)
    given = [
        f"{first}{last}" for first in ("An", "Bo", "Ca", "Dé", "El", "Fa") for last in ("na", "ris", "mille", "ton")
    ]
    family = [f"{a}{b}" for a in ("Mar", "Dup", "Schm", "Sør", "Wil", "Bro") for b in ("tin", "ont", "idt", "wn")]
    forms = ["GmbH", "SARL", "Ltd", "Inc"]
    rows = []
    for number in range(count):
        first, last = rng.choice(given), rng.choice(family)
        city, region, code, country, phone = rng.choice(_PLACES)
        digits = [rng.randrange(100) for _ in range(6)]
        day = f"20{rng.randrange(10, 26)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        company = rng.randrange(count // 8 + 1)
        rows.append([
            str(number), first, last, f"{first[0]}.{last[0]}{number}@example{company}.com".lower(),
            phone.format(*digits), phone.format(*digits[::-1]) if rng.random() < 0.4 else "",
            f"{family[company % 24]} {forms[company % 4]} {company}",
            f"www.example{company}.com", rng.choice(["CEO", "Buyer", ""]), f"{rng.randrange(1, 200)} High Street", city,
            region, code, country, f"19{rng.randrange(40, 99)}-05-17" if rng.random() < 0.3 else "", f"{day} 08:15:00",
            f"{day} 18:{digits[0] % 60:02d}:00", rng.choice(["yes", "no"]), str(rng.randrange(100)),
            rng.choice(["met at the fair, wants a call", "says \"maybe\""]) if rng.random() < 0.1 else "",
        ])  # fmt: skip
    return rows


def cpu_seconds(task: str, path: Path, out: Path) -> tuple[float, float]:
    """Run a task in a process of its own: CPU seconds with its children's, and its largest resident size in GB."""
    code = f"PATH = {str(path)!r}\nOUT = {str(out)!r}\n{_TASKS[task]}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    measured = (
        "import resource as r, sys; exec(sys.argv[1]); "
        "print('peak', max(r.getrusage(r.RUSAGE_SELF).ru_maxrss, r.getrusage(r.RUSAGE_CHILDREN).ru_maxrss))"
    )
    done = subprocess.run([sys.executable, "-c", measured, code], check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = float(done.stdout.rsplit("peak", 1)[1]) / 1024**2
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, peak


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workbook-rows", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="leadsift-bench-") as folder:
        place = Path(folder)
        if given.rows:
            in_a_process(write_list, place / "list.csv", given.rows)
            compare(place, place / "list.csv", "polars", "leadsift")
        if given.workbook_rows:
            in_a_process(make_workbook, place / "list.xlsx", given.workbook_rows)
            compare(place, place / "list.xlsx", "fastexcel", "leadsift workbook")


def in_a_process(make: Callable[[Path, int], None], path: Path, count: int) -> None:
    """Make a file in a process of its own, and have it on the disk: what is measured then should share the machine with
    neither its memory nor its writing.
    """
    maker = get_context("spawn").Process(target=make, args=(path, count))
    maker.start()
    maker.join()
    os.sync()


def write_list(path: Path, count: int) -> None:
    """Write the list as delimited text."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADERS)
        writer.writerows(make_rows(count))


def make_workbook(path: Path, count: int) -> None:
    """Write the same list as a workbook."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("List")
    sheet.append(HEADERS)
    for row in make_rows(count):
        sheet.append(row)
    book.save(path)


def compare(place: Path, path: Path, base: str, ours: str) -> None:
    """Print the CPU seconds of two tasks on one file, and their ratio."""
    print(f"{path.name}: {path.stat().st_size / 1e6:,.0f} MB")
    seconds: dict[str, list[float]] = {base: [], ours: []}
    peaks: dict[str, float] = {base: 0.0, ours: 0.0}
    for turn in range(TURNS):
        for task in (base, ours):
            spent, peak = cpu_seconds(task, path, place / f"{task.replace(' ', '-')}-{turn}")
            seconds[task].append(spent)
            peaks[task] = max(peaks[task], peak)
    for task in (base, ours):
        turns = " ".join(f"{spent:.1f}" for spent in sorted(seconds[task]))
        print(f"  {task:<20} {min(seconds[task]):6.1f} CPU s ({turns})   peak {peaks[task]:4.1f} GB")
    print(f"  ratio                {min(seconds[ours]) / min(seconds[base]):6.1f}")


if __name__ == "__main__":
    main()
