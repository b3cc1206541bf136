"""The asset graph as text, and column lineage: `python -m tests.pipelines.asset_graph` writes both; tests compare them.

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
from schemas.sql.report_catalog import view_names, view_sql

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


if __name__ == "__main__":
    FILE.write_text(asset_graph(), encoding="utf-8")
    LINEAGE_FILE.write_text(lineage(), encoding="utf-8")
