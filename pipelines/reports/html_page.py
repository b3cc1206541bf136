"""The frame of every page: one self-contained HTML file, light and dark, ready to print. It fetches nothing.

Belongs here: the document around a page's content, and the look that pages share. Does not belong here: content.
"""

from __future__ import annotations

from html import escape

from schemas.contracts.printable import printable

_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1d2430; --soft: #5b6675; --line: #d9dee5; --pale: #f5f7f9; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #14181f; --ink: #e6e9ee; --soft: #9aa4b2; --line: #2c3440; --pale: #1b212a; }
}
body { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
p, nav, caption, footer { color: var(--soft); }
nav a { color: inherit; margin-right: 1rem; }
.rows { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .7rem; }
th { text-align: left; white-space: nowrap; } td.number { font-variant-numeric: tabular-nums; text-align: right; }
@media print { body { margin: 0; max-width: none; } section { break-inside: avoid; } nav { display: none; } }
"""


def html_page(title: str, body: str, style: str = "", script: str = "") -> str:
    """A page with this body, which has its texts escaped; unsafe characters are shown as escapes."""
    ending = f"<script>{script}</script>\n" if script else ""
    return printable(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}{style}</style>\n</head>\n<body>\n{body}\n{ending}</body>\n</html>\n"
    )
