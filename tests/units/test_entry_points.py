"""Units of installed packages: found by their entry points, imported when they are asked for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsmtp import ISmtp, dry_run_smtp_unit
from signatures import Signature
from tests.netsmtp.cli.running import send
from units import Registry, RegistryError, Unit, tag, unit

EXAMPLE = Path(__file__).parents[2] / "examples" / "pigeon_post"
GROUP = "netsmtp.units"


class ILetters(Signature):
    def post(self) -> ISmtp: ...


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the example package as a wheel, and install it into a folder of its own."""
    source, wheels, site = (tmp_path_factory.mktemp(name) for name in ("source", "wheels", "site"))
    shutil.copytree(EXAMPLE, source, dirs_exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = ["--no-deps", "--no-index"]
    build = ["wheel", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)]
    subprocess.run([*pip, *build, *offline], check=True)
    (wheel,) = wheels.iterdir()
    subprocess.run([*pip, "install", "--target", str(site), str(wheel), *offline], check=True)
    return site


@pytest.fixture
def pigeons(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the installed package on the path, not imported yet."""
    monkeypatch.syspath_prepend(installed)
    yield
    sys.modules.pop("pigeon_post", None)


def package(folder: Path, name: str, points: str, source: str = "") -> None:
    """Lay out an installed package by hand, for those that no tool would build."""
    folder.mkdir(exist_ok=True)
    information = folder / f"{name}-1.0.dist-info"
    information.mkdir()
    information.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    )
    information.joinpath("entry_points.txt").write_text(f"[{GROUP}]\n{points}\n")
    folder.joinpath(f"{name}.py").write_text(source)


@pytest.mark.usefixtures("pigeons")
def test_an_installed_package_adds_an_implementation(capsys: pytest.CaptureFixture[str]) -> None:
    """Its entry point's name answers; its module is imported when that is asked for, not before."""
    registry = Registry()
    registry.register(dry_run_smtp_unit)
    assert "pigeon" in registry.load_entry_points(GROUP)
    registry.get(ISmtp)
    assert "pigeon_post" not in sys.modules
    post = registry.get(ISmtp, "pigeon")
    assert "pigeon_post" in sys.modules
    post.smtp_send_message("roof", "ada@example.org", ["bob@example.org"], "", ["coo"])
    assert capsys.readouterr().out == "1 pigeons fly from ada@example.org\n"


@pytest.mark.usefixtures("pigeons")
def test_a_tagged_import_is_answered_by_the_entry_point_of_that_name() -> None:
    """A unit asks by its tag; which package answers is decided by what is installed."""
    from typing import Annotated

    @unit
    def letters(smtp: Annotated[ISmtp, tag("pigeon")]) -> ILetters:
        class Letters(ILetters):
            def post(self) -> ISmtp:
                return smtp

        return Letters()

    registry = Registry()
    registry.register(letters)
    with pytest.raises(RegistryError, match=r"path: ILetters -> ISmtp \(tag pigeon\)"):
        registry.get(ILetters)
    registry.load_entry_points(GROUP)
    assert type(registry.get(ILetters).post()).__name__ == "PigeonPost"


@pytest.mark.usefixtures("pigeons")
def test_all_implementations_include_those_of_packages() -> None:
    """Asking for all of a signature imports what may answer for it."""
    registry = Registry()
    registry.register(dry_run_smtp_unit, ISmtp, name="dry-run")
    registry.load_entry_points(GROUP)
    found = registry.all(ISmtp)
    assert {"dry-run", "pigeon"} <= found.keys()
    child = Registry(registry)
    assert "pigeon" in child.names(ISmtp)
    with child.override(ISmtp, dry_run_smtp_unit, name="pigeon"):
        assert child.unit(ISmtp, "pigeon") is dry_run_smtp_unit


@pytest.mark.usefixtures("pigeons")
def test_the_command_line_sends_through_an_installed_package() -> None:
    """``--via`` takes its name; a wrong one is told with those there are."""
    sent = send("--via", "pigeon", "--server", "roof")
    assert sent.exit_code == 0
    assert "1 pigeons fly from ann@example.org" in sent.output
    assert "given to pigeon for 1 recipient" in sent.output
    wrong = send("--via", "pidgeon")
    assert wrong.exit_code == 2
    assert "did you mean 'pigeon'?" in wrong.output


def test_the_same_group_may_be_loaded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is registered twice by that."""
    package(tmp_path, "once", "once = netsmtp.dry_run_smtp_unit:dry_run_smtp_unit")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry()
    registry.load_entry_points(GROUP)
    registry.load_entry_points(GROUP)
    assert registry.unit(ISmtp, "once") is dry_run_smtp_unit


def test_what_is_wrong_with_an_entry_point_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To whoever asks for it, every time, and by `check`, which reports all of them."""
    points = "gone = wrong:gone\nnone = wrong:nothing\nempty = wrong:empty\ntaken = wrong:fine"
    source = (
        "from units import unit\n"
        "from netsmtp import dry_run_smtp_unit as fine\n"
        "nothing = 3\n"
        "@unit\n"
        "def empty() -> None: ...\n"
    )
    package(tmp_path, "wrong", points, source)
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry()
    registry.register(dry_run_smtp_unit, ISmtp, name="taken")
    registry.load_entry_points(GROUP)
    wanted = (
        r"cannot be loaded\n  entry point: gone = wrong:gone\n.*\n  package: wrong 1.0\n  error: A"
    )
    for _ in range(2):
        with pytest.raises(RegistryError, match=wanted):
            registry.unit(ISmtp, "gone")
    with pytest.raises(RegistryError, match="is no unit"):
        registry.unit(ISmtp, "none")
    with pytest.raises(RegistryError, match="without exports"):
        registry.unit(ISmtp, "empty")
    with pytest.raises(RegistryError, match="registered there already"):
        registry.unit(ISmtp, "taken")
    with pytest.raises(RegistryError) as caught:
        registry.check()
    assert len(caught.value.problems) == 4
    with pytest.raises(RegistryError, match="entry points: empty, gone, none, taken"):
        registry.unit(ISmtp, "goen")


def test_a_package_may_ask_the_registry_that_imports_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Importing is no time at which a registry is locked to its own thread."""
    source = (
        "from tests.units.test_entry_points import REGISTRY\n"
        "from netsmtp import ISmtp\n"
        "nested = REGISTRY[0].unit(ISmtp)\n"
    )
    package(tmp_path, "asking", "asking = asking:nested", source)
    monkeypatch.syspath_prepend(tmp_path)
    REGISTRY[:] = [Registry()]
    REGISTRY[0].register(dry_run_smtp_unit)
    REGISTRY[0].load_entry_points(GROUP)
    found: Unit[..., ISmtp] = REGISTRY[0].unit(ISmtp, "asking")
    assert found is dry_run_smtp_unit


REGISTRY: list[Registry] = []
