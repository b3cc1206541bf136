"""Lineage by column: through temporary tables, and through unions by name."""

from __future__ import annotations

from schemas.sql.column_lineage import column_lineage

STEPS = [
    "CREATE TEMP TABLE named AS SELECT stage_id, name, 1 AS rank FROM main.stages",
    """
    CREATE VIEW reports.both AS
    WITH parts AS (
        SELECT stage_id AS id, name FROM named
        UNION ALL BY NAME
        SELECT name, source, pipeline_id AS id FROM main.pipelines
        UNION ALL BY NAME
        (SELECT title AS name FROM main.deals UNION ALL SELECT title FROM main.leads)
    )
    SELECT id, name, source, 1 AS one FROM parts
    """,
]


def test_columns_are_followed_through_temporary_tables_and_unions_by_name() -> None:
    assert column_lineage(STEPS) == {
        "reports.both": {
            "id": ["main.pipelines.pipeline_id", "main.stages.stage_id"],
            "name": ["main.deals.title", "main.leads.title", "main.pipelines.name", "main.stages.name"],
            "source": ["main.pipelines.source"],
        }
    }
