"""Where in the user's text something was written."""

from __future__ import annotations

import sys
from types import FrameType


def _here() -> FrameType | None:
    # `inspect.currentframe` is this; loading `inspect` takes as long as loading everything here.
    return sys._getframe(1)  # pyright: ignore[reportPrivateUsage]


def caller_outside(*files: str) -> FrameType | None:
    """Return the innermost frame that runs text of none of *files*, nor of this one."""
    frame = _here()
    while frame is not None and frame.f_code.co_filename in (__file__, *files):
        frame = frame.f_back
    return frame


def caller_module() -> str:
    """Return the name of the innermost module running that is not of signatures or units."""
    frame = _here()
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "?")
        if name.partition(".")[0] not in ("signatures", "units"):
            return name
        frame = frame.f_back
    return "?"


def place(frame: FrameType | None) -> str:
    """Return ``file:line`` of *frame*."""
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "?"
