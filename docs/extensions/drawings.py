"""Pictures on the pages, made from the code they are about: of units, and of a table of states.

    ```{units-drawing} examples.letterpress:press
    ```

draws a unit of a module.  A name without a module is one that the page's own `python` blocks above
have defined; they are run, as the tests run them.  The option `depth` is that of `units.draw`, and
what stands inside becomes the caption.

    ```{state-diagram} netsmtp.core.states
    ```

draws the arrows of the states in a module.
"""

import io
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from html import escape
from importlib import import_module
from pathlib import Path
from textwrap import wrap
from types import ModuleType
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from page_examples import examples
from pygraphviz import AGraph
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from units import draw

ROOT = Path(__file__).resolve().parents[2]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("units-drawing", UnitsDrawing)
    app.add_directive("state-diagram", StateDiagram)
    app.add_css_file("drawings.css")
    return {"parallel_read_safe": True}


class Picture(SphinxDirective):
    """A figure with an SVG in it, not beside it: it has the colours and the letters of the page."""

    required_arguments = 1
    has_content = True

    def svg(self, name: str) -> str:
        """Return the picture of what the argument names."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        picture = f'<div class="drawing" tabindex="0">{self.svg(self.arguments[0])}</div>'
        figure = nodes.figure("", nodes.raw("", picture, format="html"))
        if self.content:
            caption = nodes.caption()
            caption += self.parse_inline(" ".join(self.content))[0]
            figure += caption
        return [figure]


class UnitsDrawing(Picture):
    """A unit of a module, or of the page's own code."""

    option_spec: ClassVar = {"depth": directives.nonnegative_int}

    def svg(self, name: str) -> str:
        module, _, attribute = name.rpartition(":")
        if module:
            sys.path.insert(0, str(ROOT))
            try:
                namespace: dict[str, Any] = vars(import_module(module))
            finally:
                sys.path.remove(str(ROOT))
        else:
            namespace = defined_above(Path(self.get_source_info()[0]), self.lineno)
        return draw(namespace[attribute], depth=self.options.get("depth")).svg


def defined_above(page: Path, line: int) -> dict[str, Any]:
    """Run the examples of *page* that stand above *line*; return what they define."""
    module = ModuleType("example")
    sys.modules[module.__name__] = module
    try:
        for example in examples(page):
            if example.line < line and not example.typed:
                code = compile("\n" * example.line + example.code, str(page), "exec")
                with redirect_stdout(io.StringIO()):
                    exec(code, vars(module))
    finally:
        del sys.modules[module.__name__]
    return vars(module)


class StateDiagram(Picture):
    """The states of a module: its `State`, its `arrows`, and the steps that lead from anywhere."""

    def svg(self, name: str) -> str:
        module: Any = import_module(name)
        graph = AGraph(directed=True, strict=False, bgcolor="transparent", ranksep=0.3)
        graph.node_attr.update(shape="box", style="rounded", height=0.35, fontname="monospace")
        graph.node_attr.update(fontsize=12)
        graph.edge_attr.update(arrowsize=0.7, fontname="monospace", fontsize=11)
        for state in module.State:
            graph.add_node(state.name, label=state.value)
        graph.add_node("anywhere", style="rounded,dashed")
        for start, step, stop in every_arrow(module):
            label = r"\n".join(f" {line} " for line in wrap(step.value, 16))
            graph.add_edge(start.name if start else "anywhere", stop.name, label=label)
        drawn: str = graph.draw(format="svg", prog="dot").decode()
        return themed(drawn[drawn.index("<svg") :], module)


def every_arrow(module: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the arrows of *module*; those from anywhere start at nothing."""
    yield from module.arrows()
    for step, stop in module.ALWAYS.items():
        yield None, step, stop


def themed(svg: str, module: Any) -> str:
    """Give *svg* the colours and the letters of the page, and words for those who do not see it."""
    said = "; ".join(
        f"{start.value if start else 'anywhere'} to {stop.value}: {step.value}"
        for start, step, stop in every_arrow(module)
    )
    coloured = re.sub(r'(fill|stroke)="black"', r'\1="currentColor"', svg)
    sized = re.sub(r'(width|height)="(\d+)pt"', r'\1="\2"', coloured, count=2)
    label = f'<svg class="states" role="img" aria-label="States. {escape(said)}."'
    return sized.replace("<svg", label, 1)
