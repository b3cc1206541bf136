"""The asset graph as text, and what statements read: `python -m tests.pipelines.asset_graph` writes three files.

Tests compare `asset_graph.yml`, `column_lineage.json` and `statements.json` with what is worked out again.

For each asset: the step that makes it, the assets that it is made from, the checks that stop the run if they fail, and
those that warn.
"""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from assets.deals.tables import SQL, STEPS
from pipelines.definitions import defs
from schemas.sql.column_lineage import FILE as LINEAGE_FILE
from schemas.sql.column_lineage import column_lineage
from schemas.sql.lineage import parsed_statement
from schemas.sql.report_catalog import view_names, view_sql
from schemas.sql.statements import FILE as STATEMENTS_FILE
from schemas.sql.statements import as_recorded, asked

FILE = Path(__file__).with_name("asset_graph.yml")


def asset_graph() -> str:
    """Every asset by group, in the order of the flow, as YAML."""
    graph = defs().resolve_asset_graph()
    groups: dict[str, dict[str, dict[str, object]]] = {}
    for keys in graph.toposorted_asset_keys_by_level:
        for key in sorted(keys, key=lambda key: key.to_user_string()):
            node = graph.get(key)
            checks = [graph.get(check) for check in sorted(node.check_keys, key=lambda check: check.name)]
            described: dict[str, object] = {
                "step": node.assets_def.op.name,
                "made from": sorted(parent.to_user_string() for parent in node.parent_keys),
                "stops": [check.key.name for check in checks if check.blocking],
                "warns": [check.key.name for check in checks if not check.blocking],
            }
            groups.setdefault(node.group_name, {})[key.to_user_string()] = {
                name: value for name, value in described.items() if value
            }
    return yaml.safe_dump(groups, sort_keys=False, default_flow_style=None, width=120)


def lineage() -> str:
    """The lineage of the columns of CRM tables and reports, as JSON."""
    statements = [*(SQL.statement(step).text for step in STEPS), *map(view_sql, view_names())]
    return json.dumps(column_lineage(statements), indent=1) + "\n"


def statements() -> str:
    """What the statements read and write that the definitions ask about, as JSON. For a process without other questions."""
    return as_recorded({text: parsed_statement(text) for text in asked()})


if __name__ == "__main__":
    STATEMENTS_FILE.write_text(statements(), encoding="utf-8")
    FILE.write_text(asset_graph(), encoding="utf-8")
    LINEAGE_FILE.write_text(lineage(), encoding="utf-8")
