"""The entry point: `leadsift`, or `python -m pipelines` from a bare checkout.

Belongs here: settings of the process, before anything else is imported. Does not belong here: commands.
"""

from __future__ import annotations

from pipelines.allocation import keep_freed_memory


def main() -> None:
    """Run the command line."""
    keep_freed_memory()
    from pipelines.commands import app  # imports Polars, which must come after the allocator's settings

    app.run()


if __name__ == "__main__":
    main()
