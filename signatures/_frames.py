"""Where in the user's text something was written."""

from __future__ import annotations

import sys
from types import FrameType


def caller() -> FrameType | None:
    """Return the frame that called the function that asks."""
    return _asking().f_back


def caller_outside(*files: str) -> FrameType | None:
    """Return the innermost frame that runs text of none of *files*."""
    frame: FrameType | None = _asking()
    while frame is not None and frame.f_code.co_filename in files:
        frame = frame.f_back
    return frame


def caller_module() -> str:
    """Return the name of the innermost module running that is not of signatures or units."""
    frame: FrameType | None = _asking()
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "?")
        if name.partition(".")[0] not in ("signatures", "units"):
            return name
        frame = frame.f_back
    return "?"


def _asking() -> FrameType:
    """Return the frame of the function that asks one of the above."""
    # `inspect.currentframe` is this; loading `inspect` takes as long as loading everything here.
    return sys._getframe(2)  # pyright: ignore[reportPrivateUsage]


def place(frame: FrameType | None) -> str:
    """Return ``file:line`` of *frame*."""
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "?"
