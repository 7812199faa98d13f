"""The pytest plugin: fixtures for applications made of units, and for the mail that they send.

pytest finds it by itself where `netsmtp` is installed. It is imported before anything is measured,
so it loads nothing of the package: each fixture does when a test asks for it.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Generator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from netsmtp.testing import GetComponent, Outbox, TlsServer
    from units import Registry

T = TypeVar("T")

#: Whether a test has been failed for an override already.
TOLD = pytest.StashKey[bool]()

LINK = "link(signature, unit, name=None): let unit answer for signature in the registry of the test"


@pytest.fixture
def base_registry() -> Registry:
    """What `registry` begins with: all that `netsmtp` knows.

    An application that has a registry overrides this fixture to return it.
    """
    from netsmtp._implementations import registry

    return registry()


@pytest.fixture
def smtp() -> Outbox:
    """An `ISmtp` that sends nothing, and in `registry` the one that answers: see its `sent`."""
    from netsmtp.testing import Outbox

    return Outbox()


@pytest.fixture
def registry(
    request: pytest.FixtureRequest, base_registry: Registry, smtp: Outbox
) -> Generator[Registry, None, None]:
    """A registry for this test alone, over `base_registry`, in which mail goes to `smtp`.

    What is registered or overridden here is seen nowhere else. The test fails if an override is
    left behind.
    """
    from netsmtp.smtp_sig import ISmtp
    from units import Registry, unit_from

    made = Registry(base_registry)
    made.register(unit_from(smtp, ISmtp, name="the fixture smtp"))
    yield made
    if not request.node.stash.get(TOLD, False):
        _refuse_overrides(made.overrides)


@pytest.fixture
def component(registry: Registry) -> Generator[GetComponent, None, None]:
    """A procedure that returns a new component of a signature, as `registry` links it.

    What components clean up is cleaned up when the test has ended, the newest first.
    """
    from units import running

    with contextlib.ExitStack() as stack:

        def get(signature: Callable[..., T], name: str = "") -> T:
            return stack.enter_context(running(registry.link(signature, name)))

        yield get


@pytest.fixture
def smtp_server(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Generator[TlsServer, None, None]:
    """A real server on this machine, with TLS and a user, for tests that want the wire.

    While it runs, its certificate is the only one that is trusted.
    """
    missing = [name for name in ("aiosmtpd", "trustme") if find_spec(name) is None]
    if missing:
        needed = " and ".join(missing)
        pytest.fail(f"smtp_server needs {needed}\n  hint: pip install 'netsmtp[pytest]'", False)
    from netsmtp.testing import TlsServer

    folder: Path = tmp_path_factory.mktemp("smtp_server")
    with TlsServer(folder) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        yield server


@pytest.fixture
def _linked(request: pytest.FixtureRequest) -> Generator[None, None, None]:
    """Override in `registry` what the marks `link` of the test say, its own on top."""
    if "registry" not in request.fixturenames:
        pytest.fail("the mark link changes nothing: no fixture of the test uses registry", False)
    registry: Registry = request.getfixturevalue("registry")
    with contextlib.ExitStack() as stack:
        for mark in reversed(list(request.node.iter_markers("link"))):
            stack.enter_context(registry.override(*mark.args, **mark.kwargs))
        yield


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the mark."""
    config.addinivalue_line("markers", LINK)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a test with the mark `link` the fixture that acts on it, before all others."""
    if isinstance(item, pytest.Function) and item.get_closest_marker("link"):
        item.fixturenames = ["_linked", *item.fixturenames]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that begins an override, in any registry it was given, and does not end it."""
    before = _overrides(item)
    result = yield
    left = _overrides(item)[len(before) :]
    item.stash[TOLD] = bool(left)
    _refuse_overrides(left)
    return result


def _overrides(item: pytest.Item) -> list[object]:
    """Return what is overridden in the registries that are fixtures of the test."""
    if "Registry" not in vars(sys.modules.get("units", sys)):  # nothing is loaded for this
        return []
    from units import Registry

    given: dict[str, object] = getattr(item, "funcargs", {})
    registries = {id(each): each for each in given.values() if isinstance(each, Registry)}
    return [override for registry in registries.values() for override in registry.overrides]


def _refuse_overrides(left: Sequence[object]) -> None:
    """Fail the test if overrides are *left*, naming each."""
    if left:
        lines = "".join(f"\n  override: {override}" for override in left)
        pytest.fail(
            f"an override is left behind{lines}\n  hint: with registry.override(...) ends it", False
        )
