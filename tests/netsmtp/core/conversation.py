"""Lead a session by hand: a list of what the server says, and what the session did about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from netsmtp.core.actions import CallHook, Close, Read, StartTls, Write
from netsmtp.core.envelope import Mail, mail
from netsmtp.core.events import Event
from netsmtp.core.session import Channel, Session

HELLO = [b"220 hi\r\n", b"250-h\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 STARTTLS\r\n"]
YES = [b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 kept\r\n", b"221 bye\r\n"]


def one_mail(**changed: Any) -> Mail:
    """Return a mail from a@x.org to b@y.org, but for what is *changed*."""
    given: dict[str, Any] = {
        "sender": "a@x.org",
        "recipients": ["b@y.org"],
        "header": "A: b\r\n\r\n",
    }
    return mail(**{**given, "message_lines": ["hello"], **changed})


def session(given: Mail | None = None, **options: Any) -> Session:
    """Return a session that sends *given* and leaves."""
    options.setdefault("channel", Channel(local=True))
    made = Session(lambda: "localhost", **options)
    made.submit(given or one_mail())
    made.leave()
    return made


def several(*given: Mail, **options: Any) -> Session:
    """Return a session that sends *given* and stays open."""
    options.setdefault("channel", Channel(local=True))
    made = Session(lambda: "localhost", **options)
    for each in given:
        made.submit(each)
    return made


def talk(made: Session, replies: Iterable[bytes]) -> list[str]:
    """Give *made* one of *replies* for each read; return what it did, one word or line each.

    Raises the session's error, when it closes with one, having kept the list in its notes.
    """
    did: list[str] = []
    said = iter(replies)
    while True:
        try:
            match made.next():
                case Write() as write:
                    did.append(bytes(write.data).decode())
                case Read():
                    made.receive(next(said, b""))
                case StartTls():
                    did.append("<tls>")
                    made.encrypted()
                case CallHook():
                    did.append("<hook>")
                case Close(None):
                    return [*did, "<close>"]
                case Close(error):
                    assert error is not None
                    raise error
                case _:
                    return [*did, "<idle>"]
        except BaseException as error:
            error.add_note("".join(did))
            raise


def watched(**options: Any) -> tuple[Session, list[Event]]:
    """Return a session and the list of its events."""
    events: list[Event] = []
    return session(observe=events.append, **options), events
