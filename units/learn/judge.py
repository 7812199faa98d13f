"""Judge one file, in a process of its own: ``python -m units.learn.judge NUMBER FILE SECONDS``.

The verdict, as JSON, is the process's only output.  The file may print, read, never end, or end the
process: what it prints is kept, and what it does not come back from is cut short.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path
from types import FrameType, ModuleType, TracebackType

from units.learn.exercise import Exercise, Theirs, Wrong
from units.learn.exercises import EXERCISES
from units.learn.verdict import Verdict

#: What the file is called while it runs; errors show it.
MODULE = "exercise"
#: How many characters of what it prints are kept.
KEPT = 2000
#: What is said of errors that no exercise knows better.
ALWAYS = {
    UnboundLocalError: (
        "A function assigns to this name, which makes it a variable of its own, and reads it before."
    ),
    NameError: "The file uses a name that it neither defines nor imports.",
    RecursionError: "A function calls itself without an end.",
    SystemExit: "The file ends the program, so nothing of it can be checked.",
}


def main(number: int, file: str, seconds: float) -> None:
    """Judge the *file* of exercise *number*; after so many *seconds*, say where it was."""
    answer = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    printed = sys.stdout = sys.stderr = Printed()
    told = threading.Lock()
    main_thread = threading.get_ident()

    def tell(verdict: Verdict) -> None:
        told.acquire()  # and never release: there is one verdict
        with open(answer, "w", encoding="utf-8") as out:
            json.dump(verdict._replace(printed=printed.getvalue())._asdict(), out)
        os._exit(0)  # threads of the file may still be running

    def interrupt() -> None:
        frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage] - it is documented
        tell(endless(seconds, line_of_frame(frames[main_thread], file)))

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    tell(judge(EXERCISES[number], file))


def judge(exercise: Exercise, file: str) -> Verdict:
    """Run *file*, check what it defines, and return what is to be said of it."""
    module = ModuleType(MODULE)
    module.__file__ = file
    sys.modules[MODULE] = module  # annotations are looked up there
    sys.path.append(str(Path(file).parent))
    try:
        code = compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)
        exec(code, vars(module))
        exercise.check(Theirs(vars(module)))
    except Wrong as wrong:
        cause = wrong.__cause__
        line = None if cause is None else line_of_error(cause, file)
        return Verdict(False, str(wrong), "" if cause is None else shown(cause), line)
    except SyntaxError as error:
        said = f"{type(error).__name__}: {error.msg}"
        return Verdict(False, "Python cannot read the file.", said, error.lineno)
    except BaseException as error:  # noqa: BLE001 - a learner's file may raise anything
        return Verdict(False, advice(exercise, error), shown(error), line_of_error(error, file))
    return Verdict(True)


def advice(exercise: Exercise, error: BaseException) -> str:
    """Return what to look at when *error* was raised."""
    text = shown(error)
    for words, sentence in exercise.ADVICE.items():
        if words in text:
            return sentence
    for kind, sentence in ALWAYS.items():
        if isinstance(error, kind):
            return sentence
    return "The file raises an error, or what it defines does when it is used."


def endless(seconds: float, line: int | None) -> Verdict:
    """Return the verdict about a file that does not come to an end."""
    return Verdict(False, f"It was still running after {seconds:g} seconds.", "", line)


def shown(error: BaseException) -> str:
    """Return *error* as Python shows it below a traceback."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - it may be a class of the learner
        text = "(an error that cannot be shown)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def line_of_error(error: BaseException, file: str) -> int | None:
    """Return the last line of *file* that *error* came through."""
    line = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def line_of_frame(frame: FrameType | None, file: str) -> int | None:
    """Return the line of *file* that *frame* is at, or was called from."""
    while frame is not None and frame.f_code.co_filename != file:
        frame = frame.f_back
    return None if frame is None else frame.f_lineno


class Printed(io.TextIOBase):
    """Keeps the beginning of what is printed."""

    def __init__(self) -> None:
        self._kept = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._kept += text[: KEPT - len(self._kept)]
        return len(text)

    def getvalue(self) -> str:
        """Return what was kept, and whether there was more."""
        return self._kept + ("..." if len(self._kept) == KEPT else "")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
