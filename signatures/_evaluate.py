"""The annotations of contracted members, evaluated where they were written.

Most annotations are for readers and type checkers and may name things that do not exist at run
time.  Those of a contracted member are enforced, so they are evaluated when the signature is
declared, and what they name must be there.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from signatures._calls import Unsaid
from signatures._errors import SignatureError, nearest
from signatures._members import DataMember, MethodMember
from signatures._zope import Attribute


def evaluate(
    member: Attribute, signature: str, where: str, scope: Mapping[str, Any]
) -> inspect.Signature | Any:
    """Return what the annotations of *member* mean: a call signature, or a data member's type.

    *scope* holds the names around the signature of that name, which stands at *where*.

    Raises `SignatureError` for a name that is not there.
    """

    def value(annotation: Any) -> Any:
        if not isinstance(annotation, str):
            return annotation
        space = getattr(getattr(member, "function", None), "__globals__", {})
        try:
            return eval(annotation, dict(space), dict(scope))
        except NameError as error:
            raise SignatureError(
                "a contract names something that does not exist",
                {
                    "member": f"{signature}.{member.__name__}",
                    "at": where,
                    "annotation": annotation,
                    "undefined": error.name,
                    "did you mean": nearest(error.name or "", [*scope, *space]),
                },
            ) from None

    if isinstance(member, MethodMember):
        asked = member.signature or inspect.Signature()
        parameters = [p.replace(annotation=value(p.annotation)) for p in asked.parameters.values()]
        returns = value(asked.return_annotation)
        return asked.replace(parameters=parameters, return_annotation=returns)
    if isinstance(member, DataMember):
        return Any if member.annotation is Unsaid else value(member.annotation)
    return Any
