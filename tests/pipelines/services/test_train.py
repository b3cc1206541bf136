"""What people teach the program: values that outrank sources, and models that are put to use on request."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.crm_contacts import COLUMNS, make_contacts
from dedup.models.versions import SHIPPED, TrainedModel, levels_of
from pipelines.reports.evidence_charts import write_weights
from pipelines.services.edit import edit
from pipelines.services.importing import run_import
from pipelines.services.train import train_models, use_model
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.options import StatedOptions
from schemas.contracts.vocabulary import ActionKind, Entity
from schemas.stores.actions import Action
from schemas.stores.settings import Settings, load_settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published
from tests.assets.support import make_small_crm
from tests.pipelines.support import run, run_json
from tests.support import FinishedHomes, write_csv


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    place = tmp_path_factory.mktemp("taught")
    settings = load_settings(place / "home")
    rows, _ = make_contacts(600)
    run_import(settings, [write_csv(place / "crm.csv", [COLUMNS, *rows])], StatedOptions(source="crm"))
    return settings


def test_an_edit_outranks_sources_now_and_after_later_imports(taught: Settings, tmp_path: Path) -> None:
    published = Published(taught.published_path)
    person = published.query("SELECT person_id FROM person_sources WHERE external_id = '7'").item()
    document = edit(taught, "crm:7", ["email=Right@Acme.example", "job_title="], "told on the phone")
    assert document["now"]["email"] == "right@acme.example"
    assert document["now"]["job_title"] is None
    assert "right@acme.example" in document["now"]["emails"]
    newer = [*["7", "Newer", "Name", "newer@acme.example"], *[""] * (len(COLUMNS) - 4)]
    run_import(taught, [write_csv(tmp_path / "newer.csv", [COLUMNS, newer])], StatedOptions(source="crm"))
    row = published.query("SELECT email, emails, last_name FROM persons WHERE person_id = $id", {"id": person})
    assert row["email"].item() == "right@acme.example"
    assert row["last_name"].item() == "Name"
    lineage = published.query(
        "SELECT rule FROM person_lineage WHERE person_id = $id AND field = 'email'", {"id": person}
    )
    assert lineage["rule"].to_list() == ["edited"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("email=nobody", "email=nobody"),  # no address
        ("salary=1", "its fields are"),  # no such field
        ("email", "FIELD=VALUE"),  # no sign
        ("birth_date=1990-02-30", "birth_date=1990-02-30"),  # no day
        ("country=Atlantis", "country=Atlantis"),
    ],
)
def test_an_edit_that_is_none_is_refused_and_changes_nothing(taught: Settings, change: str, told: str) -> None:
    before = Published(taught.published_path).query("SELECT count(*) FROM audit.actions").item()
    with pytest.raises(InputRefusedError, match=told):
        edit(taught, "crm:9", [change], None)
    assert Published(taught.published_path).query("SELECT count(*) FROM audit.actions").item() == before


def test_a_model_is_trained_beside_the_one_in_use_and_used_on_request(taught: Settings, tmp_path: Path) -> None:
    published = Published(taught.published_path)
    before = published.query("SELECT version FROM audit.models ORDER BY entity")["version"].to_list()
    (trained,) = train_models(taught, [Entity.PERSON])
    assert Path(trained.path).is_file()
    assert trained.moved["pairs"].sum() > 0
    assert published.query("SELECT version FROM audit.models ORDER BY entity")["version"].to_list() == before
    use_model(taught, trained.version, "looks right")
    assert use_versions(published) == [before[0], trained.version]
    assert published.query("SELECT details['version'] FROM audit.actions WHERE action = 'use_model'").item() == (
        trained.version
    )
    # Explaining and looking up speak of the model that made the tables.
    email = published.query("SELECT email FROM persons WHERE email IS NOT NULL ORDER BY person_id LIMIT 1").item()
    told = run_json("match", "--email", email, home=taught.home)
    assert told["matches"]
    write_weights(published.query("SELECT * FROM audit.match_weights"), tmp_path / "weights.svg")
    assert "same birth date" in (tmp_path / "weights.svg").read_text()
    use_model(taught, "shipped", None)
    assert use_versions(published) == before
    with pytest.raises(InputRefusedError, match="choose one of shipped"):
        use_model(taught, "person-9", None)


def use_versions(published: Published) -> list[str]:
    return published.query("SELECT version FROM audit.models ORDER BY entity")["version"].to_list()


def test_a_model_of_an_earlier_version_gives_way_to_the_shipped_one(
    finished_homes: FinishedHomes, tmp_path: Path
) -> None:
    home = finished_homes.copy("small-crm", make_small_crm, tmp_path / "home")
    published = Published(load_settings(home).published_path)
    shipped, email = use_versions(published), published.query("SELECT max(email) FROM persons").item()
    old = TrainedModel(Entity.PERSON, "person-0+1f0c9ab2", tuple(levels_of(SHIPPED[Entity.PERSON])), {})
    models = load_settings(home).models_dir
    models.mkdir()
    (models / f"{old.VERSION}.json").write_text(old.to_json(), encoding="utf-8")
    with Stores.open(load_settings(home)) as stores:
        details = {"version": old.VERSION, "sha256": stores.archive.put(old.to_json().encode())}
        stores.ledger.record([], [Action(Entity.PERSON, "", ActionKind.USE_MODEL, details)])
    with duckdb.connect(str(published.path)) as connection:  # as the earlier version published it
        connection.execute(
            "UPDATE audit.models SET version = ?, trained = ? WHERE entity = 'person'", [old.VERSION, old.to_json()]
        )
    assert run_json("match", "--email", email, home=home)["matches"]
    note = f"persons are matched with the shipped model {shipped[1]}: {old.VERSION} was trained with an earlier version"
    listed = write_csv(tmp_path / "new.csv", [["id", "Name", "Email"], ["1", "Zoe Quill", "zoe@quill.example"]])
    assert run_json("import", listed, home=home)["notes"][0].startswith(note)
    assert use_versions(published) == shipped
    assert "trained with an earlier version" in run("train", "--use", old.VERSION, home=home, expect=3).stderr
    assert run_json("doctor", "--rebuild", home=home)["healthy"]
    run("train", "--use", "shipped", home=home)
    assert run_json("import", listed, home=home)["notes"] == []
