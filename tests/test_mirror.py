"""Every product module has a test of its name, is imported by a test, or stands in the map of tests/README.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path, PurePath

ROOT = Path(__file__).parent.parent
TESTS = [path for path in (ROOT / "tests").rglob("test_*.py") if path.name != "test_mirror.py"]
README = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
MAP = {
    pattern: re.findall(r"`([^`]+)`", places)
    for pattern, places in re.findall(r"^\| `([a-z_*./]+\.py)` \| (.+?) \|$", README, re.MULTILINE)
}


def _modules() -> list[str]:
    paths = (path for name in ("schemas", "dedup", "assets", "pipelines") for path in (ROOT / name).rglob("*.py"))
    return [str(path.relative_to(ROOT)) for path in paths if path.name != "__init__.py"]


def _imported() -> set[str]:
    found: set[str] = set()
    for path in TESTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    return found


def test_every_module_has_a_test_or_a_place_in_the_map() -> None:
    imported = _imported()
    without = [
        module
        for module in _modules()
        if not (ROOT / "tests" / Path(module).parent / f"test_{Path(module).name}").exists()
        and module.removesuffix(".py").replace("/", ".") not in imported
        and not any(PurePath(module).match(pattern) for pattern in MAP)
    ]
    assert not without, "write a test of their name, or say in tests/README.md where they are tested"


def test_the_map_leads_to_tests_that_exist() -> None:
    assert MAP
    for pattern, places in MAP.items():
        assert any(PurePath(module).match(pattern) for module in _modules()), f"{pattern} is no module any more"
        assert all((ROOT / "tests" / place).exists() for place in places), pattern


def test_every_promise_of_the_readme_names_a_test_that_exists() -> None:
    table = README[README.index("## README's promises") :]
    rows = re.findall(r"^\| .+ \| `([\w/.]+)::(\w+)` \|$", table, re.MULTILINE)
    assert len(rows) >= 10
    for file, name in rows:
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), name
