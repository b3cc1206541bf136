"""docs/architecture.md names what is there, and every room."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.pipelines.support import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("schemas", "dedup", "assets", "pipelines")
NAMED = sorted(set(re.findall(rf"`((?:{'|'.join(PACKAGES)})(?:\.\w+)+)`", TEXT)))
PATHS = sorted(set(re.findall(r"`((?:schemas|dedup|tests|benchmarks|docs)/[\w./<>]+)`", TEXT)))


def resolve(name: str) -> object:
    """The module, or the name within a module."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return getattr(import_module(module), attribute)


@pytest.mark.parametrize("name", NAMED)
def test_every_name_is_there(name: str) -> None:
    resolve(name)


@pytest.mark.parametrize("path", PATHS)
def test_every_path_is_there(path: str) -> None:
    pattern = re.sub(r"<\w+>", "*", path)
    assert list(ROOT.glob(pattern)), path


def test_every_function_in_the_pictures_is_in_its_room() -> None:
    pictures = "".join(re.findall(r"```mermaid\n(.*?)```", TEXT, re.DOTALL))
    code = {path: path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    labels = re.findall(r'\["(\w+)(?:<br/>\(([\w.]+)\))?"\]', pictures)
    assert len(labels) > 8
    for label, room in labels:
        folder = ROOT / room.replace(".", "/") if room else ROOT
        defined = re.compile(rf"^def {label}\(", re.MULTILINE)
        assert any(defined.search(text) for path, text in code.items() if path.is_relative_to(folder)), label


def test_every_room_is_named() -> None:
    rooms = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for package in PACKAGES
        for path in (ROOT / package).glob("*/**/__init__.py")
        if len(path.relative_to(ROOT).parts) == 3 or path.relative_to(ROOT).parts[1] == "sources"
    } - {"assets.sources"}
    listed = set(re.findall(r"^\| `([\w.]+)`", TEXT, re.MULTILINE))
    assert len(rooms) > 15
    assert rooms <= listed
    assert {name for name in listed if name in PACKAGES or not (ROOT / Path(*name.split("."))).is_dir()} <= set(
        PACKAGES
    )


def test_every_name_in_the_glossary_is_in_the_code() -> None:
    rows = re.findall(
        r"^\| [^|]+ \| [^|]+ \| ([^|]+) \|",
        (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    names = {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.suffix in {".py", ".sql"}]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert len(names) > 60
    for name in sorted(names):
        is_module = (
            ROOT.joinpath(*name.split(".")).is_dir() or ROOT.joinpath(*name.split(".")).with_suffix(".py").is_file()
        )
        assert is_module or (ROOT / name).is_file() or re.search(rf"\b{re.escape(name)}\b", code), name
