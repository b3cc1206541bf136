"""Renders chart specifications as PNG, SVG and HTML.

Belongs here: rendering specifications safely, with any text in them. Does not belong here: the charts
(`pipelines.reports.charts`, `pipelines.reports.evidence_charts`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pipelines.services.output_files import CHART_ENDINGS, check_output, write_output
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.printable import printable

_CHILD = Path(__file__).with_name("renderer.py")
_SECONDS = 120
"""Seconds for one chart on a busy machine; the largest that our reports allow takes less than five."""
_ACTIONS = {"export": True, "source": False, "compiled": False, "editor": False}


def save_chart(chart: Any, target: Path) -> None:
    """Write a chart to a .png, .svg or .html file. Raises InputRefusedError if that fails."""
    check_output(target, CHART_ENDINGS)
    ending = target.suffix.casefold()
    if ending == ".html":
        # Vega's scripts are embedded: the page fetches nothing and cannot send data to Vega's editor.
        page = chart.configure_mark(tooltip=True).to_html(
            inline=True, embed_options={"actions": _ACTIONS}, json_kwds={"cls": _ScriptJson}
        )
        write_output(target, page)
        return
    (picture,) = pictures([chart], "png" if ending == ".png" else "svg")
    if picture is None:
        raise InputRefusedError(f"{target}: the chart library failed on this chart; write it as .html instead")
    write_output(target, picture)


def pictures(charts: Sequence[Any], kind: Literal["png", "svg"]) -> list[bytes | None]:
    """Render each chart; None for a chart that the library fails on.

    The library is Rust and V8: unexpected input ends its process. So it runs in its own process, which is restarted
    after a chart that ends it.
    """
    with tempfile.TemporaryDirectory(prefix="leadsift-charts-") as name:
        folder = Path(name)
        specs = [_cleaned(chart.to_dict()) for chart in charts]
        (folder / "specs.json").write_text(json.dumps(specs), encoding="utf-8")
        start = 0
        while start < len(specs):
            _draw(folder, kind, start)
            missing = [number for number in range(start, len(specs)) if not (folder / f"{number}.{kind}").exists()]
            start = missing[0] + 1 if missing else len(specs)
        targets = [folder / f"{number}.{kind}" for number in range(len(specs))]
        return [target.read_bytes() if target.exists() else None for target in targets]


def _draw(folder: Path, kind: str, start: int) -> None:
    """Render charts from `start` on, until all are done or one ends the process."""
    command = [sys.executable, "-P", str(_CHILD), str(folder), kind, str(start)]
    with (folder / "log").open("wb") as log:
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=_SECONDS, check=False)  # noqa: S603  (our own file)
        except subprocess.TimeoutExpired:
            return


def _cleaned(value: Any) -> Any:
    """The specification with all texts made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable(key): _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list | tuple) else value


class _ScriptJson(json.JSONEncoder):
    """JSON for a script in a page: no text in it can end the script."""

    def encode(self, o: Any) -> str:
        """The cleaned specification as JSON."""
        return super().encode(_cleaned(o)).replace("<", "\\u003c")
