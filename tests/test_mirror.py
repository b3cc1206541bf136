"""Every product module has a test of its name, is imported by a test, or has a row in tests/README.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = [path for path in (ROOT / "tests").rglob("test_*.py") if path.name != "test_mirror.py"]
README = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
MAP = [
    (module, test)
    for test, modules in re.findall(r"^\| `([\w/]+\.py)` \| (.+?) \|$", README, re.MULTILINE)
    for module in re.findall(r"`([^`]+)`", modules)
]
"""Modules that no test imports and the test that is theirs all the same."""


def _modules() -> list[str]:
    paths = (path for name in ("schemas", "dedup", "assets", "pipelines") for path in (ROOT / name).rglob("*.py"))
    return [
        str(path.relative_to(ROOT)) for path in paths if path.name != "__init__.py" and path.parent.name != "versions"
    ]


def _imported() -> set[str]:
    found: set[str] = set()
    for path in TESTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    return found


def test_every_module_has_a_test_or_a_row_in_the_map() -> None:
    imported = _imported()
    without = {
        module
        for module in _modules()
        if not (ROOT / "tests" / Path(module).parent / f"test_{Path(module).name}").exists()
        and module.removesuffix(".py").replace("/", ".") not in imported
    }
    mapped = [module for module, _ in MAP]
    assert sorted(mapped) == sorted(without), "write a test that imports the module, or correct tests/README.md"


def test_the_map_leads_to_tests_that_exist() -> None:
    assert [test for _, test in MAP if not (ROOT / "tests" / test).exists()] == []


def test_every_promise_of_the_readme_names_a_test_that_exists() -> None:
    table = README[README.index("## README's promises") :]
    rows = re.findall(r"^\| .+ \| `([\w/.]+)::(\w+)` \|$", table, re.MULTILINE)
    assert len(rows) >= 10
    for file, name in rows:
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), name
