"""The reply parser: a table of cases fed whole, byte by byte and cut anywhere, and its laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core.replies import BadReply, Reply, ReplyLimits, ReplyParser
from tests.netsmtp.core.reading import taken

GOOD = [
    (b"250 ok\r\n", Reply(250, ("ok",))),
    (b"250\r\n", Reply(250, ("",))),
    (b"250 \r\n", Reply(250, ("",))),
    (b"250-a\r\n250-b\r\n250 c\r\n", Reply(250, ("a", "b", "c"))),
    (b"250-a\r\n250\r\n", Reply(250, ("a", ""))),
    (b"550 a\0b\r\n", Reply(550, ("a\0b",))),
    (b"550 n\xc3\xa9 \xff\r\n", Reply(550, ("n\xe9 \N{REPLACEMENT CHARACTER}",))),
    (b"354  two\r\n", Reply(354, (" two",))),
]
BAD = [
    (b"\r\n", "not a reply line"),
    (b" 250 ok\r\n", "not a reply line"),
    (b"25\r\n", "not a reply line"),
    (b"2500 ok\r\n", "not a reply line"),
    (b"250_ok\r\n", "not a reply line"),
    (b"250ok\r\n", "not a reply line"),
    (b"150 ok\r\n", "not a reply line"),
    (b"650 ok\r\n", "not a reply line"),
    ("٢٥٠ ok\r\n".encode(), "not a reply line"),
    (b"HTTP/1.1 400 Bad\r\n", "not a reply line"),
    (b"250-ok\r\n550 no\r\n", "changes its code"),
    (b"250 ok\n", "bare CR or LF"),
    (b"250 ok\n550 no\r\n", "bare CR or LF"),
    (b"250 a\rb\r\n", "bare CR or LF"),
    (b"250 a\r\r\n", "bare CR or LF"),
    (b"\n", "bare CR or LF"),
    (b"250 " + b"x" * 8192 + b"\r\n", "more than 8192 octets"),
    (b"250-x\r\n" * 513, "more than 512 lines"),
    (b"250-" + b"x" * 8000 + b"\r\n", "not bad yet"),
]
TOO_MUCH = (b"250-" + b"x" * 8000 + b"\r\n") * 9


def parse(*chunks: bytes) -> list[Reply]:
    parser = ReplyParser()
    found: list[Reply] = []
    for chunk in chunks:
        found.extend(taken(parser, chunk))
    assert not parser.pending
    return found


def single(data: bytes) -> list[bytes]:
    return [data[n : n + 1] for n in range(len(data))]


@pytest.mark.parametrize(("data", "reply"), GOOD)
def test_reply_is_read_however_it_arrives(data: bytes, reply: Reply) -> None:
    """A reply is the same fed whole, byte by byte, and cut in two anywhere."""
    assert parse(data) == parse(*single(data)) == [reply]
    for cut in range(len(data)):
        assert parse(data[:cut], data[cut:]) == [reply]


@pytest.mark.parametrize(("data", "reason"), BAD[:-1])
def test_what_is_no_reply_is_refused(data: bytes, reason: str) -> None:
    """Bytes that are no reply raise, whether they come at once or one by one."""
    for chunks in ([data], single(data)):
        with pytest.raises(BadReply, match=reason):
            parse(*chunks)


def test_reply_is_bounded_in_total() -> None:
    """A reply of more than 64 KiB is refused although each line is short enough."""
    with pytest.raises(BadReply, match="more than 65536 octets"):
        parse(TOO_MUCH)


def test_endless_line_is_refused_before_it_ends() -> None:
    """A line without end costs no more memory than the limit."""
    parser = ReplyParser(ReplyLimits(line=20))
    parser.feed(b"250 aaaaaaaaaaaaaaaa")
    assert parser.next() is None
    parser.feed(b"a")
    with pytest.raises(BadReply, match="more than 20 octets"):
        parser.next()


def test_limits_hold_for_each_reply_anew() -> None:
    """A thousand replies may be larger together than one may be."""
    assert len(parse(b"250 ok\r\n" * 20_000)) == 20_000


texts = st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=30)
replies = st.builds(
    Reply, st.integers(200, 599), st.lists(texts, min_size=1, max_size=5).map(tuple)
)


@given(st.lists(replies, max_size=4), st.data())
def test_parse_after_print_is_identity(every: list[Reply], data: st.DataObject) -> None:
    """Replies printed, joined and cut anywhere are read back as they were."""
    printed = b"".join(map(bytes, every))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(printed)), max_size=6)))
    chunks = [printed[a:b] for a, b in zip([0, *cuts], [*cuts, len(printed)], strict=True)]
    assert parse(*chunks) == every


@given(st.binary(max_size=60), st.data())
def test_outcome_does_not_depend_on_the_split(data: bytes, draw: st.DataObject) -> None:
    """Any bytes at all give the same replies, or are refused, whole and byte by byte."""

    def outcome(chunks: list[bytes]) -> object:
        parser = ReplyParser()
        found: list[Reply] = []
        try:
            for chunk in chunks:
                found.extend(taken(parser, chunk))
        except BadReply:
            return found, "bad"
        return found, parser.pending

    assert outcome([data]) == outcome(single(data))


@pytest.mark.parametrize(
    ("code", "text", "enhanced"),
    [
        (550, "5.1.1 no such user", (5, 1, 1)),
        (250, "2.0.0", (2, 0, 0)),
        (250, "5.1.1 code of another class", None),
        (250, "2.0 ok", None),
        (250, "2.0.0ok", None),
        (250, "ok 2.0.0", None),
    ],
)
def test_enhanced_status(code: int, text: str, enhanced: tuple[int, int, int] | None) -> None:
    """An enhanced status code is read where the text begins with one of the reply's class."""
    assert Reply(code, (text,)).enhanced == enhanced


def test_shown_reply_is_one_bounded_line_without_controls() -> None:
    """What a server sends cannot move the cursor of who reads the error, nor fill the screen."""
    shown = str(Reply(550, ("\x1b[2Jno", "x" * 3000)))
    assert shown.isprintable()
    assert len(shown) < 520
    assert shown.startswith("550 \N{REPLACEMENT CHARACTER}[2Jno / xxx")


def test_usual_replies_are_kept_and_not_for_ever() -> None:
    """The same line is the same reply; however many different ones come, only a few are kept."""
    parser = ReplyParser()
    for n in range(200):
        assert parser.whole(b"250 alone, and %d\r\n" % n) is None
        parser.feed(b"250 alone, and %d\r\n" % n)
        assert parser.next() == Reply(250, (f"alone, and {n}",))
        parser.feed(b"250 ok\r\n250 queued as %d\r\n" % n)
        assert parser.next() == Reply(250, ("ok",))
        assert parser.next() == Reply(250, (f"queued as {n}",))
    assert len(parser._known.lines) <= 64
    assert len(parser._known.fed) <= 64
    assert not parser.pending


@given(
    st.lists(st.sampled_from(["250 ok", "250-a\r\n250 b", "354 go", "550 no", "25", "250 o\rk"]))
)
def test_whole_and_cut_replies_are_read_alike(said: list[str]) -> None:
    """Replies that come together are those that come octet by octet."""
    data = "".join(f"{each}\r\n" for each in said).encode()

    def read(chunks: list[bytes]) -> list[object]:
        parser, found = ReplyParser(), list[object]()
        try:
            for chunk in chunks:
                found.extend(taken(parser, chunk))
        except BadReply as bad:
            found.append(bad.reason)
        return found

    assert read([data]) == read([data[n : n + 1] for n in range(len(data))])


def test_beginning_of_a_known_reply_is_not_taken_for_it() -> None:
    """A reply is over at its line end, however often the same one has come before."""
    for _ in range(3):
        parser = ReplyParser()
        assert list(taken(parser, b"250 known")) == []
        assert list(taken(parser, b"\r\n")) == [Reply(250, ("known",))]
        assert list(taken(parser, b"250 known\r\n")) == [Reply(250, ("known",))]
        assert not parser.pending


def test_what_stands_behind_a_reply_is_never_taken_for_a_part_of_it() -> None:
    """Not by a parser that has read the same bytes before, whatever they are."""
    for rest in (b"junk \n junk\r\n", b"junk\r\n", b"250 again\r\n", b"\n\r\n"):
        for _ in range(2):
            parser = ReplyParser()
            parser.feed(b"250 known\r\n" + rest)
            assert parser.next() == Reply(250, ("known",))
            assert parser.pending
