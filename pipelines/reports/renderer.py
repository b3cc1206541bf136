"""The process that renders charts, run as a script by `pipelines.reports.rendering`: FOLDER KIND START.

Belongs here: only calling the chart library, so that a crash ends only this process. Imports nothing of the program,
so that it starts fast.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import vl_convert


def main(folder: Path, kind: str, start: int) -> None:
    """Render the charts of `specs.json` from number `start` on, each to a file that appears when it is complete."""
    for number, spec in enumerate(json.loads((folder / "specs.json").read_text(encoding="utf-8"))):
        if number < start:
            continue
        try:
            if kind == "png":
                picture = vl_convert.vegalite_to_png(spec, scale=2)
            else:
                picture = vl_convert.vegalite_to_svg(spec).encode("utf-8")
        except ValueError as error:
            sys.stderr.write(f"chart {number}: {error}\n")
            continue
        part = folder / "part"
        part.write_bytes(picture)
        part.replace(folder / f"{number}.{kind}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
