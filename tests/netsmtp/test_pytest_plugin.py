"""The pytest plugin: what its fixtures give, how one is swapped, and which tests it fails."""

from __future__ import annotations

import ast
import subprocess
import sys
from textwrap import dedent

import pytest

from netsmtp.testing import Outbox

pytest_plugins = ["pytester"]

APPLICATION = """
    from netsmtp import ISmtp
    from signatures import Signature
    from units import exports, unit

    class IGreeter(Signature):
        def greet(self, name: str) -> None: ...

    @unit
    def greeter(smtp: ISmtp) -> IGreeter:
        def greet(name: str) -> None:
            smtp.smtp_send_message(
                "mx.example", "shop@x.org", [f"{name}@y.org"], "Subject: Hello\\r\\n\\r\\n", [name]
            )
        return exports(locals())
"""
CONFTEST = """
    import pytest
    from application import greeter

    @pytest.fixture
    def registry(registry):
        registry.register(greeter)
        return registry
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    pytester.makepyfile(application=APPLICATION, conftest=CONFTEST)
    return Run(pytester)


class Run:
    """Run *tests* of the application in a folder of their own."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def __call__(self, tests: str) -> pytest.RunResult:
        prelude = "import pytest\nfrom netsmtp import *\nfrom application import *\n"
        self.pytester.makepyfile(test_it=prelude + dedent(tests))
        return self.pytester.runpytest("-p", "netsmtp.pytest_plugin", "--strict-markers")


def test_mail_goes_to_the_fixture_smtp(run: Run) -> None:
    """Through whatever the registry links; what was sent reads well."""
    run(
        """
        def test_greeting(registry, smtp):
            registry.get(IGreeter).greet("ann")
            registry.get(IGreeter).greet("ben")
            assert [mail.to for mail in smtp.sent] == [["ann@y.org"], ["ben@y.org"]]
            assert smtp.sent[0].subject == "Hello"
            assert smtp.sent[0].text == "ann\\n"
            assert smtp.sent[0].sender == "shop@x.org"
            smtp.clear()
            assert smtp.sent == []

        def test_another_starts_anew(component, smtp):
            assert smtp.sent == []
            component(IGreeter).greet("ann")
            assert smtp.only.subject == "Hello"
        """
    ).assert_outcomes(passed=2)


def test_a_mark_swaps_for_one_test(run: Run) -> None:
    """The nearest mark wins; others stay as they are; the application's own units, too."""
    run(
        """
        from netsmtp import ISmtp, failing_smtp_unit, recording_smtp_unit
        from netsmtp.errors import ReplyError
        from units import exports, unit

        @pytest.mark.link(ISmtp, failing_smtp_unit)
        class TestFailing:
            def test_failing(self, component):
                with pytest.raises(ReplyError):
                    component(IGreeter).greet("ann")

            @pytest.mark.link(ISmtp, recording_smtp_unit)
            def test_nearer(self, component, smtp):
                component(IGreeter).greet("ann")
                assert smtp.sent == []

        @unit
        class Silent(IGreeter):
            def greet(self, name: str) -> None: ...

        @pytest.mark.link(IGreeter, Silent)
        def test_silent(component, smtp):
            component(IGreeter).greet("ann")
            assert smtp.sent == []

        @pytest.mark.link(ISmtp, recording_smtp_unit, name="sendmail")
        def test_by_name(registry):
            assert registry.unit(ISmtp, "sendmail") is recording_smtp_unit

        def test_usual(component, smtp):
            component(IGreeter).greet("ann")
            assert smtp.only.to == ["ann@y.org"]
        """
    ).assert_outcomes(passed=5)


def test_a_mark_that_changes_nothing_fails(run: Run) -> None:
    """No fixture of the test comes from the registry, or the registry knows of no such thing."""
    result = run(
        """
        from netsmtp import ISmtp, failing_smtp_unit
        from signatures import Signature
        from units import unit

        class IOther(Signature):
            def other(self) -> None: ...

        @unit
        class Other(IOther):
            def other(self) -> None: ...

        @pytest.mark.link(ISmtp, failing_smtp_unit)
        def test_without(smtp): ...

        @pytest.mark.link(IOther, Other)
        def test_unknown(registry): ...
        """
    )
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines_random(
        [
            "*the mark link changes nothing: no fixture of the test uses registry",
            "*no unit is registered for the signature",
        ]
    )


def test_a_test_that_leaves_an_override_behind_fails(run: Run) -> None:
    """Each that is left is named with its place; those that were ended are not."""
    result = run(
        """
        import contextlib
        from netsmtp import ISmtp, failing_smtp_unit, file_smtp_unit, recording_smtp_unit

        kept = contextlib.ExitStack()

        def test_leaves_two(registry):
            with registry.override(ISmtp, recording_smtp_unit):
                kept.enter_context(registry.override(ISmtp, failing_smtp_unit))
                kept.enter_context(registry.override(ISmtp, file_smtp_unit, "sendmail"))

        @pytest.mark.link(ISmtp, recording_smtp_unit)
        def test_leaves_none(registry):
            with registry.override(ISmtp, failing_smtp_unit):
                pass

        @pytest.fixture
        def careless(registry):
            kept.enter_context(registry.override(ISmtp, failing_smtp_unit))

        def test_with_a_fixture_that_leaves_one(careless): ...

        @pytest.fixture
        def careful(registry):
            with registry.override(ISmtp, failing_smtp_unit):
                yield

        def test_with_a_fixture_that_ends_it(careful): ...

        def test_fails_otherwise(registry):
            kept.enter_context(registry.override(ISmtp, failing_smtp_unit))
            assert 1 == 2
        """
    )
    result.assert_outcomes(passed=3, failed=2, errors=2)  # errors: behind the test itself
    result.stdout.fnmatch_lines(
        [
            "*an override is left behind",
            "*  override: ISmtp by failing_smtp_unit (*failing_smtp_unit.py:*)",
            "*  override: ISmtp 'sendmail' by file_smtp_unit (*file_smtp_unit.py:*)",
            "*  hint: with registry.override(...) ends it",
        ]
    )
    assert "recording_smtp_unit" not in result.stdout.str()


def test_components_are_fixtures_by_signature(run: Run) -> None:
    """One for each implementation where several are named; they are cleaned up after the test."""
    result = run(
        """
        from collections.abc import Iterator
        from netsmtp import ISmtp
        from netsmtp.testing import component_fixture
        from units import exports, unit

        ended = []

        @unit
        def cleaning() -> Iterator[IGreeter]:
            yield exports(greet=lambda name: None)
            ended.append(1)

        greeter_of_test = component_fixture(IGreeter)
        cleaning_one = component_fixture(IGreeter, "cleaning")
        any_smtp = component_fixture(ISmtp, names=["recording", "dry-run"])

        @pytest.fixture
        def registry(registry):
            registry.register(cleaning, name="cleaning")
            return registry

        def test_one(greeter_of_test, smtp):
            greeter_of_test.greet("ann")
            assert smtp.only.to == ["ann@y.org"]

        def test_cleans_up(cleaning_one):
            cleaning_one.greet("ann")
            assert ended == []

        def test_cleaned_up():
            assert ended == [1]

        def test_each(any_smtp):
            any_smtp.smtp_send_message("mx", "a@x", ["b@y"], "", [])
        """
    )
    result.assert_outcomes(passed=5)
    assert result.ret == 0


def test_an_application_may_bring_its_registry(run: Run) -> None:
    """Its units are found, mail is recorded, and what the test registers stays in the test."""
    run(
        """
        from netsmtp import ISmtp, smtp_unit
        from units import Registry

        ours = Registry()
        ours.register(smtp_unit)
        ours.register(greeter)

        @pytest.fixture
        def base_registry():
            return ours

        @pytest.fixture
        def registry(registry):
            return registry

        @pytest.mark.parametrize("name", ["ann", "ben"])
        def test_greeting(registry, smtp, name):
            registry.register(smtp_unit, name="real")
            registry.get(IGreeter).greet(name)
            assert smtp.only.to == [f"{name}@y.org"]

        def test_nothing_stayed():
            assert ours.names(ISmtp) == ("",)
            assert ours.unit(ISmtp) is smtp_unit
        """
    ).assert_outcomes(passed=3)


def test_a_real_server_has_tls_and_a_user(run: Run) -> None:
    """The certificate is trusted while the test runs; a wrong password is refused."""
    run(
        """
        from netsmtp import ports_to_ssl_ports, smtp_send_message, ssl_connect
        from netsmtp.errors import AuthenticationRefused, PlaintextAuthError

        def send(server, port, password, **more):
            smtp_send_message(
                server.host, "a@x.org", ["b@y.org"], "Subject: Hi\\r\\n\\r\\n", ["x"], port,
                auth_user=server.user, auth_passwd=password, **more,
            )

        def test_the_wire(smtp_server):
            send(smtp_server, smtp_server.port, smtp_server.password, tls_encode=ports_to_ssl_ports)
            send(smtp_server, smtp_server.tls_port, smtp_server.password, tcp_connect=ssl_connect)
            assert [(mail.to, mail.subject) for mail in smtp_server.sent] == [(["b@y.org"], "Hi")] * 2
            assert smtp_server.lines.count("C: AUTH PLAIN <redacted>") == 2
            assert "C: STARTTLS" in smtp_server.lines
            with pytest.raises(AuthenticationRefused):
                send(smtp_server, smtp_server.port, "wrong", tls_encode=ports_to_ssl_ports)
            with pytest.raises(AuthenticationRefused):
                send(smtp_server, smtp_server.tls_port, "", tcp_connect=ssl_connect)
        """
    ).assert_outcomes(passed=1)


def test_what_a_real_server_needs_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed; the other fixtures do without."""
    monkeypatch.setattr("netsmtp.pytest_plugin.find_spec", lambda name: None)
    result = run("def test_it(smtp_server): ...\ndef test_other(smtp, registry, component): ...")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*smtp_server needs aiosmtpd and trustme", "*hint: pip install 'netsmtp*pytest*'"]
    )


def test_loading_the_plugin_loads_nothing_else() -> None:
    """What a coverage tool is to measure is imported after that has begun."""
    program = (
        "import sys, pytest, netsmtp.pytest_plugin\n"
        "ours = ('netsmtp', 'units', 'signatures')\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ours))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ast.literal_eval(done.stdout) == ["netsmtp", "netsmtp.pytest_plugin"]


# --- without pytest ----------------------------------------------------------------------------


def test_an_outbox_shows_everything_where_one_mail_was_expected() -> None:
    """Whoever reads the failure sees what was sent instead."""
    outbox = Outbox()
    with pytest.raises(AssertionError, match="expected one mail, sent were 0"):
        _ = outbox.only
    for name in ("ann", "ben"):
        header = f"Subject: to {name}\r\n\r\n"
        outbox.smtp_send_message("mx", "a@x.org", [f"{name}@y.org", "c@z.org"], header, [])
    with pytest.raises(AssertionError) as caught:
        _ = outbox.only
    assert str(caught.value) == (
        "expected one mail, sent were 2\n"
        "  mail: 'to ann' to ann@y.org, c@z.org\n"
        "  mail: 'to ben' to ben@y.org, c@z.org"
    )
    assert repr(outbox) == "<Outbox: 2 sent>"
