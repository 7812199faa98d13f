"""BDAT: the message in counted chunks, one round trip a mail, and the last chunk as the dot."""

from __future__ import annotations

from typing import Any

import pytest

from netsmtp.core.actions import Read, Write
from netsmtp.core.content import FileText
from netsmtp.core.envelope import Mail
from netsmtp.errors import ConnectionLost, ContentError, DeliveryUnknown, ReplyError
from netsmtp.options import Options
from tests.netsmtp.core.conversation import HELLO, one_mail, session, several, talk

CHUNKS = Options(chunking=True)
OK, KEPT = b"250 ok\r\n", b"250 kept\r\n"
OFFER = [HELLO[0], b"250-h\r\n250-PIPELINING\r\n250 CHUNKING\r\n"]
TEXT = "A: b\r\n\r\nhello\r\n"
LAST = f"BDAT {len(TEXT)} LAST\r\n{TEXT}"


def large(**changed: Any) -> Mail:
    """Return a mail of several pieces."""
    return one_mail(message_lines=["x" * 70] * 6000, **changed)


def test_no_data_and_no_dot() -> None:
    """The message goes right behind the envelope's replies, its dots as they are."""
    made = session(one_mail(message_lines=[".", ".x"]), options=CHUNKS)
    text = "A: b\r\n\r\n.\r\n.x\r\n"
    assert talk(made, [*OFFER, OK * 2, KEPT, b"221 bye\r\n"])[2:] == [
        f"BDAT {len(text)} LAST\r\n{text}",
        "QUIT\r\n",
        "<close>",
    ]


@pytest.mark.parametrize(
    ("options", "hello"), [(Options(), OFFER), (CHUNKS, HELLO)], ids=["not wanted", "not offered"]
)
def test_data_unless_wanted_and_offered(options: Options, hello: list[bytes]) -> None:
    """BDAT is used on request, where the server lists CHUNKING."""
    made = session(options=options)
    assert "DATA\r\n" in talk(made, [*hello, OK * 2, b"354 go\r\n", KEPT, b"221 bye\r\n"])


def test_next_envelope_goes_behind_the_last_chunk() -> None:
    """A mail takes one write, with the envelope of the next."""
    made = several(one_mail(), one_mail(), options=CHUNKS)
    did = talk(made, [*OFFER, OK * 2, KEPT + OK * 2, KEPT])
    assert did[2:] == [LAST + did[1], LAST, "<idle>"]
    assert all(made.results)


def test_last_chunk_waits_for_the_others() -> None:
    """LAST is written when every other chunk is known to be taken."""
    made = session(large(), options=CHUNKS)
    others = len(list(large().content.text())) - 1
    assert others > 2
    did = talk(made, [*OFFER, OK * 2, OK, OK * (others - 1), KEPT, b"221 bye\r\n"])
    chunks = [each for each in did if each.startswith("BDAT")]
    assert [chunk.partition("\r\n")[0].endswith("LAST") for chunk in chunks] == [False] * others + [
        True
    ]
    for chunk in chunks:
        line, _, text = chunk.partition("\r\n")
        assert int(line.split()[1]) == len(text)
    sent = "".join(chunk.partition("\r\n")[2] for chunk in chunks)
    assert sent == "A: b\r\n\r\n" + ("x" * 70 + "\r\n") * 6000


@pytest.mark.parametrize("early", [False, True])
def test_refused_chunk_is_reset(early: bool) -> None:
    """When a chunk is refused the rest is not written, and the connection goes on."""
    made = several(large(), one_mail(), options=CHUNKS)
    others = len(list(large().content.text())) - 1
    answers = b"452 full\r\n" + b"503 no\r\n" * (others - 1)
    replies = [*OFFER, OK * 2, answers, OK, OK * 2, KEPT]
    if early:
        replies.pop(3)
        written: list[str] = []
        while sum(each.startswith("BDAT") for each in written) < 2:
            match made.next():
                case Write() as write:
                    written.append(bytes(write.data).decode())
                case _:
                    made.receive(replies.pop(0))
        assert not made.early(b"452 full\r\n")  # before the second is written
    did = talk(made, replies)
    assert "RSET\r\n" in did
    assert not any(" LAST" in each for each in did[: did.index("RSET\r\n")])
    assert isinstance(made.results[0].error, ReplyError)
    assert made.results[1]


def test_hook_stands_before_the_last_chunk() -> None:
    """All but an empty last chunk is written before the end-of-message procedure."""
    made = session(hooked=True, options=CHUNKS)
    did = talk(made, [*OFFER, OK * 2, OK, KEPT, b"221 bye\r\n"])
    assert did[2:5] == [f"BDAT {len(TEXT)}\r\n{TEXT}", "<hook>", "BDAT 0 LAST\r\n"]


def test_hook_without_a_message() -> None:
    """With nothing to send but the last chunk the procedure is called all the same."""
    empty = one_mail(header="", message_lines=[])
    did = talk(session(empty, hooked=True, options=CHUNKS), [*OFFER, OK * 2, KEPT, b"221 b\r\n"])
    assert did[2:4] == ["<hook>", "BDAT 0 LAST\r\n"]


def test_lost_before_and_after_the_last_chunk() -> None:
    """Without LAST nothing was delivered, behind it nobody knows."""
    with pytest.raises(ConnectionLost):
        talk(session(large(), options=CHUNKS), [*OFFER, OK * 2, b""])
    with pytest.raises(DeliveryUnknown):
        talk(session(options=CHUNKS), [*OFFER, OK * 2, b""])


def test_text_that_is_no_text_is_refused() -> None:
    """Chunks are counted, but what is in them is text all the same."""
    import io

    bad = one_mail()._replace(content=FileText(io.BytesIO(b"a\nb\r\n")), facts=None)
    made = session(bad, options=CHUNKS)
    with pytest.raises(ContentError):
        talk(made, [*OFFER, OK * 2])


def test_a_single_piece_without_its_line_end_gets_one() -> None:
    """The message ends with a line end, as it does before a dot."""
    made = session(one_mail(header="A: b", message_lines=[]), options=CHUNKS)
    did = talk(made, [*OFFER, OK * 2, KEPT, b"221 bye\r\n"])
    assert did[2] == "BDAT 6 LAST\r\nA: b\r\n"


def test_replies_read_while_waiting_for_chunks() -> None:
    """The wait for the other chunks is a read of the message's own stage."""
    made = session(large(), options=CHUNKS)
    replies = [*OFFER, OK * 2]
    reads: list[str] = []
    while len(reads) < 4:
        match made.next():
            case Read(stage):
                reads.append(str(stage))
                if replies:
                    made.receive(replies.pop(0))
            case _:
                pass
    assert reads[-1] == "body"
