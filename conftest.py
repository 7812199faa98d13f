"""Collects every example of the documentation as a test.

`python` blocks of README.md and of the pages in docs/ run from top to bottom, page by page, and
so do the `>>>` examples in the docstrings of the three packages. `sh` blocks are not run here.

The examples of one page are one module, named `example`: annotations, pickling and error messages
look a class up in its module. It is gone when the page ends.
"""

import sys
from doctest import ELLIPSIS
from typing import Any

from sybil import Example, Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers import myst, rest
from sybil.sybil import SybilCollection

# Found by itself where netsmtp is installed; here it may not be.
pytest_plugins = ["netsmtp.pytest_plugin"]

PACKAGES = ("signatures", "units", "netsmtp")
MODULE = "example"


class ExampleModule:
    """What `sys.modules` holds while a page runs: a real module cannot adopt a namespace."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.__dict__ = namespace


def open_module(namespace: dict[str, Any]) -> None:
    """Make *namespace* the contents of the module `example`."""
    namespace["__name__"] = MODULE
    sys.modules[MODULE] = ExampleModule(namespace)  # type: ignore[assignment]


def close_module(namespace: dict[str, Any]) -> None:
    """Forget the module `example`, whose contents were *namespace*."""
    del sys.modules[MODULE]


class Docstrings(PythonDocStringDocument):
    """The docstrings of a source file; their examples see the names of that file."""

    def import_document(self, example: Example) -> None:
        try:
            super().import_document(example)
        finally:  # it ends by raising, and has just copied the file's own `__name__`
            self.namespace["__name__"] = MODULE


pages = Sybil(
    [myst.PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), myst.SkipParser()],
    pattern="*.md",
    setup=open_module,
    teardown=close_module,
)
docstrings = [
    Sybil(
        [rest.DocTestParser(optionflags=ELLIPSIS), rest.SkipParser()],
        path=package,
        pattern="*.py",
        document_types={".py": Docstrings},
        setup=open_module,
        teardown=close_module,
    )
    for package in PACKAGES
]

pytest_collect_file = SybilCollection([pages, *docstrings]).pytest()
