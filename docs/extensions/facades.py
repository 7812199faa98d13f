"""Leads references to where users import a name, not to the private module that defines it.

An annotation of `units.link` names `units._unit.Unit`, and one that only type checkers evaluate
names plain `Unit`; the page is about `units.Unit`. A reference that found nothing is tried again
by its last name, and counts if one thing in the reference has that name.
"""

from docutils.nodes import Element, reference
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("missing-reference", find_by_last_name)
    return {"parallel_read_safe": True}


def find_by_last_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: Element
) -> reference | None:
    if node.get("refdomain") != "py":
        return None
    name = node["reftarget"].rpartition(".")[2]
    objects = env.domains["py"].get_objects()
    found = [entry for entry in objects if entry[0].rpartition(".")[2] == name]
    if len(found) != 1:
        return None
    _, title, _, page, anchor, _ = found[0]
    return make_refnode(app.builder, node["refdoc"], page, anchor, content, title)
