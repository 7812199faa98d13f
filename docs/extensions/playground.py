"""The examples of a page as text to be edited and run in the browser.

    ```{playground} first-units.md
    ```

shows the `python` blocks of that page, each under the heading it stands under there.  What runs
them is fetched by `tools/fetch-playground` into the built pages; without it the page says so.
"""

from html import escape
from pathlib import Path

from docutils import nodes
from page_examples import Example, examples
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

FETCHED = "playground/manifest.json"
log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("playground", Playground)
    app.add_css_file("playground.css")
    app.connect("build-finished", say_what_is_missing)
    return {"parallel_read_safe": True}


class Playground(SphinxDirective):
    """One form: a text to edit for each example, with what it prints and draws beside it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        page = Path(self.get_source_info()[0]).parent / self.arguments[0]
        self.env.note_dependency(str(page))
        up = "../" * self.env.docname.count("/")
        blocks = "".join(map(block, examples(page)))
        html = (
            f'<div class="playground" data-root="{up}">'
            '<p class="state" role="status">This page needs JavaScript.</p>'
            f"{blocks}</div>"
            f'<script type="module" src="{up}_static/playground.js"></script>'
        )
        return [nodes.raw("", html, format="html")]


def block(example: Example) -> str:
    """Return the HTML of one example."""
    rows = example.code.count("\n") + 1
    name = escape(example.heading)
    return (
        f'<section class="example" aria-label="{name}"><div class="typed">'
        f'<h2>{name}</h2><textarea rows="{rows}" spellcheck="false" autocapitalize="off"'
        f' autocomplete="off" aria-label="{name}: code">{escape(example.code)}</textarea>'
        '<p><button type="button" class="run" disabled>Run to here</button>'
        ' <button type="button" class="undo" disabled>Undo my changes</button></p></div>'
        '<div class="answer" aria-live="polite"><pre class="out" hidden></pre>'
        '<pre class="error" hidden></pre><div class="pictures"></div></div></section>'
    )


def say_what_is_missing(app: Sphinx, exception: Exception | None) -> None:
    """Say, where the pages were built without Python for the browser, how to have it."""
    if exception is None and not (Path(app.outdir) / FETCHED).is_file():
        log.info("in-the-browser: nothing runs there yet; tools/fetch-playground fetches Python")
