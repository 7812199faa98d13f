"""Fuzz one target for so many seconds::

    python -m tests.fuzz replies --seconds 600

With the `atheris` package the search is led by coverage; without it inputs of the corpus are
mutated at random. A finding is printed as bytes: it belongs in the corpus, with a test.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
NAMES = ("replies", "capabilities", "addresses", "headers", "specs", "linkages")
PACKAGES = ["netsmtp", "signatures", "units"]
LONGEST = 2000

Target = Callable[[bytes], None]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=None, help="of the random search")
    asked = parser.parse_args(arguments)
    try:
        import atheris
    except ImportError:
        runs = mutate(target(asked.target), corpus(asked.target), asked.seconds, asked.seed)
        print(f"{asked.target}: {runs} inputs in {asked.seconds:g} s, no finding")
        return
    with atheris.instrument_imports(include=PACKAGES), tempfile.TemporaryDirectory() as found:
        flags = [
            f"-max_total_time={max(1, int(asked.seconds))}",  # 0 would be for ever
            f"-max_len={LONGEST}",
            "-print_final_stats=1",
        ]
        folders = [found, str(CORPUS / asked.target)]
        atheris.Setup(
            [sys.argv[0], *flags, f"-artifact_prefix={found}/", *folders], target(asked.target)
        )
        atheris.Fuzz()


def target(name: str) -> Target:
    """Return the target *name*, which shows what it was given if it fails."""
    from tests.fuzz.targets import TARGETS

    judge = TARGETS[name]

    def shown(data: bytes) -> None:
        try:
            judge(data)
        except BaseException:
            print(f"finding for {name}: {data!r}", file=sys.stderr)
            raise

    return shown


def corpus(name: str) -> list[bytes]:
    """Return the inputs that a search for *name* starts from."""
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


def mutate(judge: Target, seeds: list[bytes], seconds: float, seed: int | None = None) -> int:
    """Give *judge* the *seeds*, then for *seconds* mutations of them; return how many inputs that were."""
    chance = random.Random(seed)
    pieces = [piece for each in seeds for piece in each.splitlines(keepends=True)] or [b"x"]
    for each in seeds:
        judge(each)
    runs = len(seeds)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            at = chance.randint(0, len(data))
            match chance.randrange(5):
                case 0:
                    data[at : at + 1] = chance.randbytes(1)
                case 1:
                    del data[at : at + chance.randint(1, 8)]
                case 2:
                    data[at:at] = chance.choice(pieces)
                case 3:
                    data[at:at] = chance.choice(
                        (b"\r", b"\n", b"\r\n", b".", b"\0", b"<", b'"', b"@")
                    )
                case _:
                    data[at:at] = data[: chance.randint(0, 20)]
        judge(bytes(data[:LONGEST]))
        runs += 1
    return runs


if __name__ == "__main__":
    main(sys.argv[1:])
