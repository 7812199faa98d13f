"""`NamedTuple` for our own records: typing's to a type checker, without its price at run time.

typing's compiles every annotation that is text, and the first `compile` of a process builds the
whole table of syntax trees: 1.3 ms, an eighth of `import units`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple

    class _Record(type):
        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body["__annotations__"]
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for key, value in body.items():
                if key not in {"__module__", "__qualname__", "__annotations__"}:
                    setattr(made, key, value)
            made.__qualname__ = body["__qualname__"]
            made.__annotations__ = fields
            return made

    class NamedTuple(metaclass=_Record):
        """The base that says so."""
