"""Charts of any text: drawn, and never more than one chart lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import altair
import pytest

from pipelines.reports import rendering
from pipelines.reports.rendering import pictures, save_chart

HOSTILE = "a\x1b[31m\x00\ud800\ufffe</script><script>alert(1)</script>\u202eb"


def _bars(text: str) -> altair.Chart:
    return altair.Chart(altair.InlineData(values=[{"k": text, "v": 1}]), title=text).mark_bar().encode(y="k:N", x="v:Q")


def test_text_that_ends_the_chart_library_is_drawn_escaped(tmp_path: Path) -> None:
    for name in ("x.png", "x.svg", "x.html"):
        save_chart(_bars(HOSTILE), tmp_path / name)
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert r"a\x1b[31m\x00\ud800\ufffe" in (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert "<script>alert" not in (tmp_path / "x.html").read_text(encoding="utf-8")


def test_a_chart_that_ends_the_library_costs_that_chart_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without the escaping the library aborts, which is what the process of its own is for.
    monkeypatch.setattr(rendering, "_cleaned", lambda spec: spec)
    first, second, third = pictures([_bars("a"), _bars("\x1b"), _bars("c")], "svg")
    assert first
    assert b"<svg" in first
    assert second is None
    assert third
    assert b">c</text>" in third


def test_the_library_still_aborts_on_what_xml_forbids() -> None:
    # When this fails the library has been mended, and charts may be drawn in our own process again.
    code = (
        "import sys, vl_convert; vl_convert.vegalite_to_svg({'title': '\\x1b', 'data': {'values': []}, 'mark': 'bar'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -signal.SIGABRT
