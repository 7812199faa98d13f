"""Where in the user's text something was written."""

from __future__ import annotations

import inspect
from types import FrameType


def caller_outside(*files: str) -> FrameType | None:
    """Return the innermost frame that runs text of none of *files*, nor of this one."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename in (__file__, *files):
        frame = frame.f_back
    return frame


def place(frame: FrameType | None) -> str:
    """Return ``file:line`` of *frame*."""
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "?"
