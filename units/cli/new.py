"""Start a project: a signature, a unit that answers for it, a program, and their test.

python -m units new bakery
"""

from __future__ import annotations

import keyword
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from string import Template

from units.cli.problems import usage, writing

#: What is written, by path; ``$name`` is the name of the project, ``$package`` that of its package.
FILES = {
    "README.md": """\
# $name

`$package/greeter_sig.py` says what may be asked for, `$package/greeter_unit.py` answers, and
`$package/program.py` links the two units. Neither of them imports the other.

```sh
python -m pip install -e '.[test]'
python -m pytest
python -m $package.program
python -m units check --complete $package.program:program
python -m units draw $package.program:program
```

Next: write another clock, and link it in place of `SystemClock`.
""",
    "pyproject.toml": """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "$name"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["netsmtp"]  # the distribution that holds the packages units and signatures

[project.optional-dependencies]
test = ["pytest"]

[tool.setuptools]
packages = ["$package"]
""",
    "$package/__init__.py": '''\
"""A program of two units: see `program`."""
''',
    "$package/greeter_sig.py": '''\
"""What may be asked for: the hour, and a greeting."""

from signatures import Signature


class IClock(Signature):
    """Tells the hour."""

    def hour(self) -> int: ...


class IGreeter(Signature):
    """Greets."""

    def greet(self, name: str) -> str: ...
''',
    "$package/greeter_unit.py": '''\
"""Who answers: a clock, and a greeter that asks for some clock."""

from datetime import datetime

from units import exports, unit

from $package.greeter_sig import IClock, IGreeter


@unit
class SystemClock(IClock):
    """The hour of this machine."""

    def hour(self) -> int:
        return datetime.now().hour


@unit
def greeter(clock: IClock) -> IGreeter:
    """Greets by the time of day; which clock it asks is decided by whoever links it."""

    def greet(name: str) -> str:
        part = "morning" if clock.hour() < 12 else "evening"
        return f"Good {part}, {name}!"

    return exports(locals())
''',
    "$package/program.py": '''\
"""The linkage: which clock the greeter has."""

from units import invoke, link

from $package.greeter_sig import IGreeter
from $package.greeter_unit import SystemClock, greeter

program = link(SystemClock, greeter, exports=IGreeter, name="program")

if __name__ == "__main__":
    print(invoke(program).greet("world"))
''',
    "tests/test_greeter.py": '''\
"""The greeter, linked with clocks that stand still."""

from units import invoke, link, unit

from $package.greeter_sig import IClock, IGreeter
from $package.greeter_unit import greeter
from $package.program import program


@unit
class Morning(IClock):
    def hour(self) -> int:
        return 8


@unit
class Evening(IClock):
    def hour(self) -> int:
        return 20


def test_it_greets_by_the_clock_it_is_linked_with() -> None:
    """The greeter is the same; only the link differs."""
    early = invoke(link(Morning, greeter, exports=IGreeter))
    late = invoke(link(Evening, greeter, exports=IGreeter))
    assert early.greet("Ann") == "Good morning, Ann!"
    assert late.greet("Ben") == "Good evening, Ben!"


def test_the_program_is_complete() -> None:
    """It imports nothing."""
    assert program.imports == ()
''',
    "conftest.py": '''\
"""Lets pytest find the package beside this file, installed or not."""
''',
}
TAKEN = ("units", "signatures", "netsmtp", "tests")


def add(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("name", metavar="NAME", help="what the project is called")


def run(options: Namespace) -> int:
    """Write the project into a new folder; return the exit status."""
    package = _package(options.name)
    folder = Path(options.name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise usage("there is something already", path=folder, hint="choose another name")
    names = {"name": options.name, "package": package}
    for path, text in FILES.items():
        file = folder / Template(path).substitute(names)
        with writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(Template(text).substitute(names), encoding="utf-8")
        print(file)
    print(f"Next: cd {options.name}, and read README.md")
    return 0


def _package(name: str) -> str:
    """Return the name of the package of the project *name*.

    Raises `Usage` if no package can be called that.
    """
    package = name.replace("-", "_").lower()
    if keyword.iskeyword(package):
        raise usage("a word of Python's own cannot be a package's name", given=name)
    if not package.isidentifier() or not name.isascii():
        raise usage(
            "a project's name consists of letters, digits, - and _, and begins with a letter",
            given=name,
        )
    if package in TAKEN or package in sys.stdlib_module_names:
        raise usage("there is a module of this name already", given=name, module=package)
    return package
