"""The page of all reports: of an empty database, and with a filter that not every report takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.reports.page import write_page
from pipelines.reports.queries import ReportFilter
from schemas.contracts.errors import InputRefusedError
from schemas.sql.report_catalog import reports, view_names
from schemas.stores.warehouse import Published, Warehouse


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Two owners, one of a hostile name, and nothing else."""
    folder = tmp_path_factory.mktemp("page")
    warehouse = Warehouse(folder / "w.duckdb")
    with warehouse.open() as session:
        session.execute(
            "INSERT INTO main.users BY NAME SELECT unnest(['u1', 'u2']) AS user_id, 'crm' AS source, 'x' AS external_id, "
            "unnest(['Ann', '<script>' || chr(27)]) AS name"
        )
        warehouse.publish(session, folder / "p.duckdb")
    return Published(folder / "p.duckdb")


def test_a_page_of_nothing_has_every_report_and_no_chart(published: Published, tmp_path: Path) -> None:
    assert write_page(published, tmp_path / "x.html") == view_names()
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert page.count("No rows yet.") == len(view_names())
    assert page.count("<figure>") == 0
    for name in view_names():
        assert f'<section id="{name}">\n<h2>{reports()[name].title}</h2>' in page


def test_a_filter_is_named_and_reports_that_do_not_take_it_say_so(published: Published, tmp_path: Path) -> None:
    write_page(published, tmp_path / "x.html", ReportFilter(owner="<script>\x1b", since="2026-01-01"))
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert r"Filtered by owner &lt;script&gt;\x1b, since 2026-01-01." in page
    assert "<script>" not in page
    without = [name for name in view_names() if "owner" not in reports()[name].filters]
    assert page.count("this report does not take that filter") == len(without) > 0


def test_a_filter_by_somebody_unknown_writes_nothing(published: Published, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="there is no owner 'Nobody'; the owners are"):
        write_page(published, tmp_path / "x.html", ReportFilter(owner="Nobody"))
    assert list(tmp_path.iterdir()) == []
