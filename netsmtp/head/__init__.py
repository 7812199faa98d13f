"""Read, build and check mail headers as Racket's net/head does, by the same names.

A header is text: fields that end with CR LF each, and an empty line; a field's name is found
whatever its letters' case. Functions that take a header take str or bytes and return the same.
Those that build one let through whatever they are given, as in Racket, so a value may smuggle in a
line of its own; with `strict=True` they refuse that.
"""

from __future__ import annotations

# a whole header
from ._fields import empty_header
from ._fields import validate_header
from ._fields import append_headers
from ._message import standard_message_header
from ._message import rfc2822_date

# its fields
from ._fields import extract_field
from ._fields import extract_all_fields
from ._fields import insert_field
from ._fields import replace_field
from ._fields import remove_field

# what stands in a field
from ._message import data_lines_to_data
from ._message import assemble_address_field
from ._addresses import extract_addresses

__all__ = [
    "empty_header",
    "validate_header",
    "append_headers",
    "standard_message_header",
    "rfc2822_date",
    "extract_field",
    "extract_all_fields",
    "insert_field",
    "replace_field",
    "remove_field",
    "data_lines_to_data",
    "assemble_address_field",
    "extract_addresses",
]
