"""Sphinx settings: MyST pages, furo, and a reference made from the docstrings."""

import socket
import ssl
import sys
from configparser import ConfigParser
from importlib import import_module
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here / "extensions"))
metadata = ConfigParser()
metadata.read(here.parent / "setup.cfg", encoding="utf-8")

project = "netsmtp"
author = "The netsmtp authors"
copyright = "2026, The netsmtp authors"
version = release = metadata["metadata"]["version"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "autosignature",
    "checked_pages",
    "drawings",
    "facades",
    "playground",
]
exclude_patterns = ["_build", "explanation/figures"]  # those are included in a page
default_role = "code"  # `name` in a docstring
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "netsmtp: units for Python"
html_static_path = ["_static"]
html_css_files = ["side-by-side.css"]
html_js_files = ["scrolling.js"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": True}

# What these import for type checkers only, for annotations that are looked up in them here.
for module in ("_client", "_pool", "_target", "aio.smtp", "aio._transport"):
    vars(import_module(f"netsmtp.{module}")).update(ssl=ssl, socket=socket)

# Names that no page can define. The build works offline, so no other project's inventory is read.
nitpick_ignore_regex = [
    # The standard library, zope.interface, and the frameworks.
    (r"py:.*", rf"({'|'.join(sorted(sys.stdlib_module_names))}|zope|django|starlette)\b.*"),
    # Types that only type checkers know, from typeshed.
    (r"py:.*", r"(Readable|Writeable)Buffer"),
    # Type variables: part of a signature, not things with a page.
    (r"py:.*", r"([\w.]+\.)?_?[A-Z][0-9]?(_co|_contra)?(\.args|\.kwargs)?"),
    # What a package keeps to itself: a private name, or one its facade does not offer.
    (r"py:.*", r"([\w.]+\.)?_\w+(\.\w+)*"),
]
