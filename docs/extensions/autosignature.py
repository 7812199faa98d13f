"""Puts signatures into the reference: autodoc knows classes, and a signature is none at run time.

Where autodoc documents a module, each signature the module offers follows the module's docstring,
as a class whose methods and properties are the signature's own members.
"""

import inspect
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.inspect import signature as evaluated_signature
from sphinx.util.inspect import stringify_signature
from sphinx.util.typing import stringify_annotation
from zope.interface.interface import InterfaceClass

from signatures._calls import Unsaid


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", add_signatures)
    return {"parallel_read_safe": True}


def add_signatures(
    app: Sphinx, what: str, name: str, module: ModuleType, options: Any, lines: list[str]
) -> None:
    """Append what the signatures of *module* promise to *lines*, its docstring."""
    if what == "module":
        for signature in offered(module):
            lines += ["", *describe(signature)]


def offered(module: ModuleType) -> Iterator[InterfaceClass]:
    """Yield the signatures that *module* exports; without `__all__`, those it defines."""
    named = getattr(module, "__all__", None)
    for name, value in vars(module).items():
        public = name in named if named else getattr(value, "__module__", None) == module.__name__
        if public and isinstance(value, InterfaceClass) and not name.startswith("_"):
            yield value


def describe(signature: InterfaceClass) -> Iterator[str]:
    """Yield the reST of *signature* and its own members."""
    yield f".. py:class:: {signature.__name__}"
    yield f"   :module: {signature.__module__}"
    yield ""
    yield from indented(docstring(signature))
    parents = [base for base in signature.__bases__ if base.__module__ != "zope.interface"]
    if parents:
        names = (f":py:class:`{parent.__module__}.{parent.__name__}`" for parent in parents)
        yield from indented([f"Extends {', '.join(names)}."])
    for name, member in signature.namesAndDescriptions():
        yield from indented(describe_member(name, member))


def describe_member(name: str, member: Any) -> Iterator[str]:
    """Yield the reST of one member: how it is called, or what type it has."""
    function = getattr(member, "function", None)
    annotation = getattr(member, "annotation", Unsaid)
    if function is not None:
        called = stringify_signature(evaluated_signature(function, bound_method=True))
        yield f".. py:method:: {name}{called}"
    elif hasattr(member, "getSignatureString"):
        yield f".. py:method:: {name}{member.getSignatureString()}"
    else:
        yield f".. py:property:: {name}"
        if annotation is not Unsaid:
            yield f"   :type: {stringify_annotation(annotation)}"
    yield ""
    yield from indented(docstring(member))


def docstring(thing: Any) -> list[str]:
    return inspect.cleandoc(thing.__doc__ or "").splitlines()


def indented(lines: Iterable[str]) -> Iterator[str]:
    """Yield *lines* as the contents of a directive, with an empty line after them."""
    for line in lines:
        yield f"   {line}".rstrip()
    yield ""
