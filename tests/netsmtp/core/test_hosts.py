"""Host names: which are this machine, where a password may travel in clear."""

from __future__ import annotations

import socket

import pytest

from netsmtp.core.hosts import is_this_machine

HERE = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1",
    "127.1.2.3",
    "::1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
]
ELSEWHERE = [
    "",
    ".",
    "localhost.example.org",
    "localhost.localdomain",
    "mylocalhost",
    "127.0.0.1.example.org",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "128.0.0.1",
    "0.0.0.0",
    "::",
    "::2",
    "10.0.0.1",
    "192.168.1.1",
    "fe80::1",
    "mail.example.org",
    "\uff4cocalhost",
    "localhost\0",
    " localhost",
]


@pytest.mark.parametrize("name", HERE)
def test_loopback_is_this_machine(name: str) -> None:
    """localhost by name, and every loopback address, bracketed or not."""
    assert is_this_machine(name) is True


@pytest.mark.parametrize("name", ELSEWHERE)
def test_anything_else_may_be_another_machine(name: str) -> None:
    """What only looks like loopback, or is loopback only to some resolvers, is not trusted."""
    assert is_this_machine(name) is False


def test_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is not looked up: an answer from the network could call any machine this one."""

    def asked(*question: object) -> object:
        raise AssertionError(question)

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    monkeypatch.setattr(socket, "gethostbyname", asked)
    assert is_this_machine("mail.example.org") is False
