"""Time Racket's own units beside ours: `python -m benchmarks.units.racket [--rounds N]`.

Both build the chains of `benchmarks.units.graphs`: each unit imports the signature of the one
before.  Racket is one process, which checks what it made, then times linking with
``compound-unit/infer`` and invoking; a figure is the median processor time over the rounds.  Racket
finds out who supplies whom while it compiles, so its linking joins what is known; ours finds out.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.arguments import at_least_two
from benchmarks.units import graphs
from benchmarks.units.timing import seconds
from units import invoke, link, unit

SIZES = (10, 100)

#: What every program starts with; linking stands in a function, or else it would happen once.
PRELUDE = """\
#lang racket/base
(require racket/unit)
(define (seconds call calls)
  (define start (current-process-milliseconds))
  (for ([_ (in-range calls)]) (call))
  (/ (- (current-process-milliseconds) start) 1000.0 calls))
(define (report call calls rounds)
  (call)
  (define times (sort (for/list ([_ (in-range rounds)]) (seconds call calls)) <))
  (displayln (list-ref times (quotient rounds 2))))
"""


def main() -> int:
    """Print the table, or that Racket is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.units.racket", description=__doc__)
    parser.add_argument(
        "--rounds", type=at_least_two, default=21, help="rounds for each figure (21)"
    )
    rounds = parser.parse_args().rounds
    if shutil.which("racket") is None:
        print("not installed: racket")
        return 1
    about = subprocess.run(["racket", "--version"], stdout=subprocess.PIPE, text=True, check=True)
    print(f"{about.stdout.strip()} Python {platform.python_version()}, {platform.machine()}\n")
    print(f"{'':22}{'Racket':>12}{'ours':>12}")
    for size, theirs in zip(SIZES, racket(rounds), strict=True):
        for what, their, our in zip(("link", "invoke"), theirs, ours(size, rounds), strict=True):
            print(f"{what + ' a chain of ' + str(size):22}{their * 1e6:9.1f} us{our * 1e6:9.1f} us")
    return 0


def ours(size: int, rounds: int) -> list[float]:
    """Return the seconds of linking and of invoking a chain of *size*."""
    chain = graphs.chain(size)
    linked = partial(link, *[unit(n.ours) for n in chain.nodes], exports=chain.nodes[-1].signature)
    invoked = partial(invoke, linked())
    assert invoked().work(3) == 3
    calls = calls_of(size)
    return [
        median(seconds(call, calls) / calls for _ in range(rounds)) for call in (linked, invoked)
    ]


def racket(rounds: int) -> list[list[float]]:
    """Return for each of SIZES what `ours` returns, as Racket measures it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chains.rkt")
        path.write_text(PRELUDE + "".join(program(size, rounds) for size in SIZES))
        done = subprocess.run(["racket", str(path)], stdout=subprocess.PIPE, text=True, check=True)
    figures = [float(line) for line in done.stdout.split()]
    return [figures[n : n + 2] for n in range(0, len(figures), 2)]


def program(size: int, rounds: int) -> str:
    """Return the part of the program for a chain of *size*; its names end in the size."""
    forms: list[str] = []
    for n in range(size):
        this, below = f"{n}-of-{size}", f"{n - 1}-of-{size}"
        given, kept = (
            (f"(import s{below}^)", f"(define kept work{below})") if n else ("(import)", "")
        )
        forms += [
            f"(define-signature s{this}^ (work{this}))",
            f"(define-unit u{this}@ {given} (export s{this}^) {kept} (define (work{this} x) x))",
        ]
    last = f"{size - 1}-of-{size}"
    parts = " ".join(f"u{n}-of-{size}@" for n in range(size))
    forms += [
        f"(define (link{size}) (compound-unit/infer (import) (export s{last}^) (link {parts})))",
        f"(define whole{size} (link{size}))",
        f"(let () (define-values/invoke-unit whole{size} (import) (export s{last}^))",
        f'  (unless (= (work{last} 3) 3) (error "wrong")))',
        f"(report link{size} {calls_of(size)} {rounds})",
        f"(report (lambda () (invoke-unit whole{size})) {calls_of(size)} {rounds})",
    ]
    return "\n".join(forms) + "\n"


def calls_of(size: int) -> int:
    """Return how many calls of one round take long enough for a clock that counts milliseconds."""
    return 100_000 // size


if __name__ == "__main__":
    sys.exit(main())
