"""What Dagster is told: every table is an asset, the checks block, jobs, sensor and schedule are there."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import dagster as dg
import pytest
import yaml

from assets.landing import ImportConfig
from assets.tables import key_of
from pipelines.definitions import defs
from pipelines.jobs import IMPORT_JOB, import_run_config
from schemas.contracts.options import StatedOptions
from schemas.contracts.vocabulary import DateOrder, UpdatePolicy
from schemas.sql.column_lineage import FILE as LINEAGE_FILE
from schemas.sql.column_lineage import recorded
from schemas.sql.statements import FILE as STATEMENTS_FILE
from schemas.sql.table_contracts import table_names
from tests.assets.support import make_small_crm
from tests.pipelines.asset_graph import FILE, asset_graph, lineage
from tests.pipelines.support import ROOT
from tests.support import CONTENT_TABLES, FinishedHomes


@pytest.fixture(scope="module")
def loaded() -> dg.Definitions:
    return defs()


def test_every_table_is_an_asset_of_its_name(loaded: dg.Definitions) -> None:
    names = {key.to_user_string() for key in loaded.resolve_asset_graph().get_all_asset_keys()}
    assert set(CONTENT_TABLES) <= names
    assert {"person_pairs", "organization_pairs", "landed_files", "published_snapshot"} <= names


def test_the_graph_is_the_one_in_the_file() -> None:
    assert asset_graph() == FILE.read_text(encoding="utf-8"), "python -m tests.pipelines.asset_graph writes it again"


def test_what_statements_read_is_what_the_file_says() -> None:
    # In a process of its own: other tests ask about further statements.
    code = "from tests.pipelines.asset_graph import statements; print(statements(), end='')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == STATEMENTS_FILE.read_text(encoding="utf-8"), (
        "python -m tests.pipelines.asset_graph writes it again"
    )


def test_the_lineage_of_columns_is_the_one_in_the_file() -> None:
    assert lineage() == LINEAGE_FILE.read_text(encoding="utf-8"), (
        "python -m tests.pipelines.asset_graph writes it again"
    )
    assert recorded()["reports.leads_inbox"]["organization"] == ["main.organizations.name"]
    assert recorded()["reports.win_rate"]["win_rate_by_value"] == ["main.deals.status", "main.deals.value"]


def test_every_asset_is_made_and_says_what_it_is(loaded: dg.Definitions) -> None:
    graph = loaded.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.is_executable, f"{key} is a dependency and no step makes it"
        assert node.group_name != "default"
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key


def test_the_published_file_depends_on_everything_that_it_carries(loaded: dg.Definitions) -> None:
    graph = loaded.resolve_asset_graph()
    published = dg.AssetKey("published_snapshot")
    assert graph.get_ancestor_asset_keys(published) | {published} == graph.get_all_asset_keys()
    carried = {key_of(table) for table in table_names()} - {published}
    assert carried <= graph.get(published).parent_keys


SELECTIONS = {
    "one table of a step": (dg.AssetSelection.assets("notes").without_checks(), {"notes"}, set()),
    "facts of the ledger": (dg.AssetSelection.assets("decisions", "actions").without_checks(), {"decisions", "actions"}, set()),
    "a report": (dg.AssetSelection.assets("reports/win_rate"), {"reports/win_rate"}, {"has_rows"}),
    "checks alone": (
        dg.AssetSelection.checks_for_assets("import_files"), set(), {"balance", "no_dangling_ids", "nothing_refused"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SELECTIONS)
def test_a_part_of_a_step_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished_homes: FinishedHomes, name: str
) -> None:
    home = finished_homes.copy("small-crm", make_small_crm, tmp_path / "home")
    monkeypatch.setenv("LEADSIFT_HOME", str(home))
    selection, made, checked = SELECTIONS[name]
    job = dg.define_asset_job("part", selection, executor_def=dg.in_process_executor)
    part = dg.Definitions.merge(defs(), dg.Definitions(jobs=[job])).resolve_job_def("part")
    with dg.DagsterInstance.ephemeral() as instance:
        result = part.execute_in_process(instance=instance)
    made_here = {
        event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key
    }
    assert made_here == made
    assert {check.check_name for check in result.get_asset_check_evaluations()} == checked


def test_job_sensor_and_schedule_are_there(loaded: dg.Definitions) -> None:
    assert loaded.resolve_job_def(IMPORT_JOB)
    assert loaded.resolve_sensor_def("inbox_sensor").default_status == dg.DefaultSensorStatus.RUNNING
    nightly = loaded.resolve_schedule_def("nightly_import")
    assert nightly.cron_schedule == "0 2 * * *"
    assert nightly.default_status == dg.DefaultScheduleStatus.RUNNING


def test_workspace_and_dg_point_at_the_same_definitions() -> None:
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text())
    target = workspace["load_from"][0]["python_module"]["module_name"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dg"]
    assert project["project"]["code_location_target_module"] == target == "pipelines.definitions"
    assert project["directory_type"] == "project"


def test_the_instance_says_nothing_to_anybody_and_frees_its_places() -> None:
    config = yaml.safe_load((ROOT / "pipelines" / "dagster.yaml").read_text())
    assert config["telemetry"]["enabled"] is False
    assert config["concurrency"]["pools"]["default_limit"] == 1
    assert config["run_monitoring"]["enabled"] is True
    assert config["run_monitoring"]["free_slots_after_run_end_seconds"] > 0


@pytest.mark.parametrize("name", ["pipelines", "assets", "dedup", "schemas"])
def test_the_four_packages_are_ours(name: str) -> None:
    module = importlib.import_module(name)
    assert Path(str(module.__file__)).parent == ROOT / name
    assert module.__doc__
    assert "Does not belong here" in module.__doc__


def test_a_run_takes_every_option_that_a_user_can_state(loaded: dg.Definitions) -> None:
    stated = StatedOptions(
        source="fair",
        profile="generic",
        date_order=DateOrder.DMY,
        encoding="cp1250",
        update=UpdatePolicy.FILL,
        key=["a"],
        kind="leads",
        map=["a=title"],
    )
    assert set(stated.stated()) == set(StatedOptions.model_fields)
    config = import_run_config([Path("a.csv")], stated, take_undone=True)
    resolved = dg.validate_run_config(loaded.resolve_job_def(IMPORT_JOB), config)
    taken = ImportConfig(**resolved["ops"]["landed_files"]["config"])
    assert {name: getattr(taken, name) for name in StatedOptions.model_fields} == dict(stated)
    assert (taken.paths, taken.take_undone) == (["a.csv"], True)
