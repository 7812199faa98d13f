"""Say what must hold for any bytes at all: each target takes some and raises if a law is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from netsmtp.core import addresses as checked
from netsmtp.core.actions import Close, Idle, Read, StartTls, Write
from netsmtp.core.capabilities import capabilities as listed
from netsmtp.core.envelope import mail
from netsmtp.core.hosts import ascii_host
from netsmtp.core.replies import BadReply, Reply, ReplyLimits, ReplyParser
from netsmtp.core.sasl import credentials
from netsmtp.core.session import Channel, Session
from netsmtp.errors import InputError, SmtpError
from tests.fuzz.headers import headers
from tests.fuzz.linkages import linkages
from tests.fuzz.specs import specs
from tests.netsmtp.core.reading import taken

LIMITS = ReplyLimits(line=200, lines=9, total=600)
"""Small enough for a fuzzer to reach."""


def replies(data: bytes) -> None:
    """Replies do not depend on how they are cut, keep to the limits, and print as they were read."""
    cuts, stream = data[:3], data[3:]
    whole = outcome([stream])
    assert outcome([stream[n : n + 1] for n in range(len(stream))]) == whole
    ends = sorted(cut % (len(stream) + 1) for cut in cuts)
    chunks = [stream[a:b] for a, b in zip([0, *ends], [*ends, len(stream)], strict=True)]
    assert outcome(chunks) == whole
    for reply in whole[0]:
        assert 200 <= reply.code <= 599
        assert len(reply.lines) <= LIMITS.lines
        assert sum(map(len, reply.lines)) <= LIMITS.total
        assert not re.search(r"[\r\n]", "".join(reply.lines))
        assert str(reply).isprintable()
        assert len(str(reply)) < 520
        assert reply.enhanced is None or reply.enhanced[0] == reply.code // 100
        assert outcome([bytes(reply)], ReplyLimits()) == ([reply], "complete")


def outcome(chunks: list[bytes], limits: ReplyLimits = LIMITS) -> tuple[list[Reply], str]:
    """Return the replies in *chunks*, and how they end: for which reason depends on the cuts."""
    parser = ReplyParser(limits)
    found: list[Reply] = []
    try:
        for chunk in chunks:
            found.extend(taken(parser, chunk))
    except BadReply:
        return found, "bad"
    return found, "pending" if parser.pending else "complete"


def capabilities(data: bytes) -> None:
    """Whatever EHLO lists can be read; a session led by it keeps order, or raises `SmtpError`."""
    choices, stream = data[:1] or b"\0", data[1:]
    text = stream.decode("utf-8", "replace")
    found = listed(Reply(250, ("host", *re.split(r"[\r\n]+", text))))
    assert all(word == word.upper() and word for word in found.keywords)
    assert found.size is None or found.size > 0
    assert all(name == name.upper() for name in found.mechanisms)
    reply = b"".join(b"250-%s\r\n" % line for line in re.split(rb"[\r\n]+", stream))
    converse([b"220 hi\r\n", reply + b"250 last\r\n"], choices[0])
    converse([b"220 hi\r\n", stream], choices[0])


MECHANISM = (None, "auto", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "OAUTHBEARER", "PLAIN", None)


def converse(said: list[bytes], choices: int) -> None:
    """Lead a session by what the server *said*, each of its *choices* a bit."""
    secret = "correct-horse-battery"
    session = Session(
        lambda: "localhost",
        channel=Channel(local=True),
        start_tls=bool(choices & 1),
        credentials=credentials("user", secret, mechanism=MECHANISM[choices >> 3 & 7])
        if choices & 2
        else None,
    )
    session.submit(mail("a@x.org", ["b@y.org"], "", ["\xe9" if choices & 4 else "e"]))
    session.leave()
    written, error = talked(session, [*said, *[b"250 ok\r\n"] * 8])
    assert re.fullmatch(rb"(?:[^\r\n]*\r\n)*", written)
    if error is not None:
        assert secret not in str(error) + repr(vars(error))
        assert b"\r\n.\r\n" not in written


def talked(session: Session, waiting: list[bytes]) -> tuple[bytes, SmtpError | None]:
    """Lead *session* by the replies *waiting*; return what it wrote, and its error."""
    written = b""
    try:
        for _ in range(100):
            match session.next():
                case Write() as write:
                    written += write.data
                case Read():
                    session.receive(waiting.pop(0) if waiting else b"")
                case StartTls():
                    session.encrypted()
                case Close(error):
                    return written, error
                case Idle():
                    return written, None
                case action:
                    raise AssertionError(action)
    except SmtpError as error:
        return written, error
    raise AssertionError("a session without end")


def addresses(data: bytes) -> None:
    """What is taken for an address or a name stays inside its command, to the letter."""
    for given in (data, data.decode("latin-1"), data.decode("utf-8", "replace")):
        for read in (checked.sender, lambda each: checked.recipients([each])[0]):
            try:
                address = read(given)
                wire = address.wire()
            except InputError:
                continue
            assert address.text.encode() == (given if isinstance(given, bytes) else given.encode())
            assert wire.isascii() or address.needs_utf8
            inside_its_brackets(wire)
    name = data.decode("utf-8", "replace")
    for translate in (checked.ehlo_name, ascii_host):
        try:
            said = translate(name)
        except InputError:
            continue
        assert said.isascii()
        if translate is checked.ehlo_name:
            assert re.fullmatch(r"[A-Za-z0-9._-]+|\[[A-Za-z0-9.:-]+\]", said), said


def inside_its_brackets(wire: str) -> None:
    """Check that nothing of *wire* ends the command, leaves the brackets or adds a parameter."""
    assert len(wire.encode()) <= 320
    assert not re.search(r"[\x00-\x20<>\x7f-\xa0\u2028\u2029]", wire), wire
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", wire)
    assert outside.count("@") <= 1, wire
    assert '"' not in outside, wire


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "replies": replies,
    "capabilities": capabilities,
    "addresses": addresses,
    "headers": headers,
    "specs": specs,
    "linkages": linkages,
}
