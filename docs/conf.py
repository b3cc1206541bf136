"""The documentation site: `sphinx-build -W -b html docs build/docs`. Belongs here: how pages become HTML."""

from pathlib import Path

from sphinx.application import Sphinx

project = "leadsift"
author = "the leadsift authors"
copyright = "the leadsift authors"
html_title = "leadsift"
html_theme = "furo"
html_show_sphinx = False

extensions = ["myst_parser", "sphinxcontrib.mermaid"]
exclude_patterns = ["notebooks"]
myst_heading_anchors = 3
PAGES = {
    "README.md": "docs/index.md",
    "CHANGELOG.md": "docs/changelog.md",
    "CONTRIBUTING.md": "docs/contributing.md",
    "benchmarks/README.md": "docs/benchmarks.md",
}
"""Files of the repository that are pages of the site."""

myst_fence_as_directive = ["mermaid"]


def _link_to_pages(_app: object, _included: Path, _page: str, text: list[str]) -> None:
    """The README links to files as they are in the repository; the site has a page for each of them."""
    for file, page in PAGES.items():
        text[0] = text[0].replace(f"]({file})", f"]({page})")


def setup(app: Sphinx) -> None:
    """Register the hook."""
    app.connect("include-read", _link_to_pages)
