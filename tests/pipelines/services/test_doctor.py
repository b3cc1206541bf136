"""The doctor in a home without imports: nothing is wrong there, and Dagster can start in it."""

from __future__ import annotations

from pathlib import Path

from tests.pipelines.support import run, run_json


def test_a_new_home_is_healthy_and_ready_for_dagster(tmp_path: Path) -> None:
    home = tmp_path / "home"
    document = run_json("doctor", home=home)
    assert document["healthy"]
    assert any("nothing is imported yet" in fact for fact in document["facts"])
    # `dagster dev` refuses to start without its folder, and without this file it sends telemetry.
    assert "telemetry" in (home / "dagster" / "dagster.yaml").read_text()
    assert (home / "inbox").is_dir()
    assert run_json("doctor", home=home)["healthy"]


def test_commands_that_read_leave_a_new_home_healthy(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run("imports", home=home)
    run("leads", home=home, expect=3)
    assert run_json("doctor", home=home)["healthy"]
