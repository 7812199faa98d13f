"""Put a recorded call of Racket's net/smtp to ours; a server plays the recorded script."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import threading
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import trustme

from netsmtp.errors import SmtpError
from netsmtp.options import Deadlines, Options
from netsmtp.smtp import (
    ports_to_ssl_ports,
    smtp_send_message,
    smtp_send_message_star,
    smtp_sending_end_of_message,
    smtp_sending_server,
)
from tests.netsmtp.scripted import ScriptedServer

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "smtp-transcripts.json").read_text(encoding="ascii")
)
DEADLINES = Deadlines(quit=0.2, farewell=0.05)


def silent_at(stage: str, seconds: float = 0.1) -> Deadlines:
    """Return deadlines for a server whose script ends in silence at *stage*; the others stay long."""
    return replace(DEADLINES, **{stage: seconds})


class Symbol:
    """What Racket's symbols become: something that is neither str nor bytes."""


class Raised(Exception):
    """What a procedure of the test raises."""


@dataclass
class Run:
    """What came of one call."""

    sent: str
    error: BaseException | None
    events: list[list[Any]]
    client_closed: bool | str | None
    ports_closed: list[bool | None]
    server: ScriptedServer
    warnings: list[str] = field(default_factory=list)

    @property
    def smtp_error(self) -> SmtpError:
        assert isinstance(self.error, SmtpError), repr(self.error)
        return self.error


def run(case: dict[str, Any], **chosen: Any) -> Run:
    """Make the call of *case* with the options *chosen*."""
    call, asked = case["call"], case["call"]["options"]
    options = Options(**{"deadlines": DEADLINES, **chosen})
    events: list[list[Any]] = []
    opened: list[tuple[BinaryIO, BinaryIO]] = []
    message = decoded(call["message"])
    interrupt = "break_ms" in asked
    server = ScriptedServer(
        case["server_script"],
        context=server_context(
            "legacy" if ["tls", "legacy"] in case["server_script"] else "modern"
        ),
        at_sleep=interrupt_main if interrupt else lambda: None,
    )

    def connect(name: str, port: int) -> tuple[BinaryIO, BinaryIO]:
        events.append(["connect", name, port])
        if asked.get("tcp_connect") == "raise":
            raise Raised
        with socket.create_connection(("127.0.0.1", port)) as sock:
            opened.append((sock.makefile("rb"), sock.makefile("wb")))
        return opened[0]

    def encode(r: BinaryIO, w: BinaryIO, **keywords: Any) -> tuple[BinaryIO, BinaryIO]:
        assert keywords == {"mode": "connect", "encrypt": "tls", "close_original": True}
        events.append(["tls-encode"])
        if asked["tls_encode"] == "identity":
            return r, w
        context = unverified() if asked["tls_encode"] == "real-auto" else None
        return ports_to_ssl_ports(r, w, context=context, **keywords)

    def hook() -> None:
        events.append(["end-of-message"])
        match asked["end_of_message"]:
            case "raise":
                raise Raised
            case "break":
                raise KeyboardInterrupt

    keywords: dict[str, Any] = {"options": options}
    if asked.get("xoauth2"):
        keywords["xoauth2"] = True
    tls_encode = encode if "tls_encode" in asked else None
    user, password = (decoded(asked.get(key)) for key in ("auth_user", "auth_passwd"))
    envelope = decoded(call["from"]), decoded(call["to"]), decoded(call["header"]), message

    def send() -> None:
        if "end_of_message_param" in asked:
            smtp_sending_end_of_message(lambda unwanted: None)  # type: ignore[arg-type,misc]
        if asked.get("star"):
            streams = connect(call["server"], server.port)
            smtp_send_message_star(*streams, *envelope, user, password, tls_encode, **keywords)
            return
        if asked.get("tcp_connect") != "default":
            keywords["tcp_connect"] = connect
        port = asked.get("port_value", {}).get("num", server.port)
        if asked.get("port_mode") == "both":
            keywords["port_no"] = 9
        smtp_send_message(
            decoded(call["server"]),
            *envelope,
            port,
            auth_user=user,
            auth_passwd=password,
            tls_encode=tls_encode,
            **keywords,
        )

    error: BaseException | None = None
    with warnings.catch_warnings(record=True) as caught, server:
        warnings.simplefilter("always")
        name = decoded(asked.get("sending_server", "localhost"))
        procedure = hook if "end_of_message" in asked else smtp_sending_end_of_message()
        with (
            smtp_sending_server.parameterize(name),
            smtp_sending_end_of_message.parameterize(procedure),
        ):
            try:
                send()
            except BaseException as raised:  # noqa: BLE001 - KeyboardInterrupt is among them
                error = raised
        closed: list[bool | None] = [s.closed for s in opened[0]] if opened else [None, None]
        for stream in (s for pair in opened for s in pair):
            stream.close()
    assert server.error is None, server.error
    sent = bytes(server.received).decode("latin-1")
    return Run(
        sent, error, events, server.client_closed, closed, server, [str(w.message) for w in caught]
    )


def normal(text: str) -> str:
    """Return *text* with a TLS client's first record by name, as the recording has it."""
    return re.sub(r"\r\n\x16\x03.*", "\r\n<ClientHello>", text, flags=re.DOTALL)


def decoded(value: Any) -> Any:
    """Return what *value* of a case stands for."""
    match value:
        case {"bytes": text}:
            return text.encode("latin-1")
        case {"sym": _}:
            return Symbol()
        case {"repeat": [line, count]}:
            return [line] * count
        case list():
            return [decoded(each) for each in value]
        case _:
            return value


def interrupt_main() -> None:
    """Press Ctrl-C."""
    assert threading.main_thread().ident is not None
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.issue_cert("mail.test")


def server_context(kind: str) -> ssl.SSLContext:
    """Return a server's context with a certificate that no system trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CERTIFICATE.configure_cert(context)
    if kind == "legacy":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.set_ciphers("DEFAULT@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def unverified() -> ssl.SSLContext:
    """Return a client's context that checks nothing, as a user may choose to."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
