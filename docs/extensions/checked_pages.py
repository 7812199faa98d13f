"""Reads the pages that were built, and warns where a reader would be stuck; `-W` then fails the build.

Sphinx sees to references in the sources. What it lets pass, and what is written in HTML, is looked
at here: links and pictures of our own that lead nowhere, anchors that do not exist, pictures without
words for those who do not see them, tables without headings, and public names that the reference has
not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)

FACADES = ("signatures", "units", "netsmtp")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", check)
    return {"parallel_read_safe": True}


def check(app: Sphinx, error: Exception | None) -> None:
    """Warn of each problem of the pages that were built."""
    if error is None and app.builder.name == "html":
        documented = {name for name, *_ in app.env.domains["py"].get_objects()}
        # Other pages may be left there from another time, or fetched.
        pages = [Path(app.outdir, f"{name}.html") for name in sorted(app.env.found_docs)]
        for problem in (*problems_of(pages, Path(app.outdir)), *undocumented(documented)):
            log.warning(problem)


@dataclass
class Page(HTMLParser):
    """What one page refers to, and what can be referred to in it."""

    links: list[tuple[int, str]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    problems: list[tuple[int, str]] = field(default_factory=list)
    _tables: list[tuple[int, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given, line = dict(attrs), self.getpos()[0]
        self.anchors.update(value for name in ("id", "name") if (value := given.get(name)))
        for name in ("href", "src"):
            if value := given.get(name):
                self.links.append((line, value))
        if tag == "img" and not (given.get("alt") or "").strip():
            self.problems.append((line, f"a picture without words: {given.get('src')}"))
        if tag == "svg" and given.get("role") == "img" and not given.get("aria-label"):
            if not given.get("aria-labelledby"):
                self.problems.append((line, "a drawing without words"))
        if tag == "html" and not given.get("lang"):
            self.problems.append((line, "a page that does not say its language"))
        if tag == "table":
            self._tables.append((line, False))
        if tag == "th" and self._tables:
            self._tables[-1] = (self._tables[-1][0], True)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._tables:
            line, has_headings = self._tables.pop()
            if not has_headings:
                self.problems.append((line, "a table without headings"))


def problems_of(paths: list[Path], folder: Path) -> Iterator[str]:
    """Yield what is wrong with the pages at *paths* in *folder*, page by page."""
    pages = {path: read(path) for path in paths}
    for path, page in pages.items():
        found = [*page.problems, *broken(path, page, pages, folder)]
        for line, problem in sorted(found):
            yield f"{path.relative_to(folder)}:{line}: {problem}"


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def broken(
    path: Path, page: Page, pages: dict[Path, Page], folder: Path
) -> Iterator[tuple[int, str]]:
    """Yield the links of *page* that lead nowhere. No other server is asked."""
    for line, link in page.links:
        address = urlsplit(link)
        if address.scheme or address.netloc:
            continue
        target = path
        if address.path:
            start = folder / address.path.lstrip("/") if address.path[0] == "/" else None
            target = (start or path.parent / unquote(address.path)).resolve()
        if not target.exists():
            yield line, f"a link that leads nowhere: {link}"
        elif target in pages and not reaches(pages[target], address.fragment):
            yield line, f"a place that does not exist: {link}"


def reaches(page: Page, fragment: str) -> bool:
    return not fragment or unquote(fragment) in page.anchors


def undocumented(documented: set[str]) -> Iterator[str]:
    """Yield the public names that the reference has not."""
    for facade in FACADES:
        module = import_module(facade)
        homes = getattr(module, "_HOMES", {})
        for name in public_names(module):
            # That of netsmtp is a table of contents; its names are described where they are at home.
            if not {f"{facade}.{name}", f"{facade}.{homes.get(name)}.{name}"} & documented:
                yield f"{facade}.{name}: not in the reference"


def public_names(module: ModuleType) -> list[str]:
    """Return what users import from *module*: no private names, and none of other packages."""
    names = [name for name in dir(module) if not name.startswith("_")]
    return [name for name in names if is_public(getattr(module, name))]


def is_public(thing: Any) -> bool:
    home = getattr(thing, "__module__", None) or ""
    return not isinstance(thing, ModuleType) and home.partition(".")[0] in FACADES
