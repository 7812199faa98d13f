"""Make the three standard streams of a command fit to be used, whatever its caller left of them."""

from __future__ import annotations

import io
import os
import sys


def ready() -> None:
    """Open what is closed of the three, and let the output show any character somehow.

    A closed one leads nowhere then.  Its number, left free, would go to the next file or connection
    that is opened, and what is meant for the stream would be written there.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - open until the end
    for stream in (sys.stdout, sys.stderr):
        # A character that the output does not have is shown in another way; it is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
