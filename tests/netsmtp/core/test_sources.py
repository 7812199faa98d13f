"""Where a message comes from: whole, from a file, or from lines that have to be awaited."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core.actions import Fetch, Read, Write
from netsmtp.core.content import SLICE, AsyncLines, Content, Facts, FileText, Source, WholeText
from netsmtp.core.framing import PIECE, overlong
from netsmtp.core.loopback import unstuffed
from netsmtp.errors import ContentError
from netsmtp.options import Options
from tests.netsmtp.core.conversation import HELLO, one_mail, several
from tests.netsmtp.core.test_framing import SMUGGLERS, ends_of_message


def framed(source: Source) -> bytes:
    """Return the text of *source* as it is sent by DATA, with its dot."""
    source.facts()
    stuffer = source.stuffer()
    return b"".join([*(stuffer.write(piece or b"") for piece in source.text()), stuffer.end()])


@pytest.mark.parametrize("kind", [WholeText, lambda text: FileText(io.BytesIO(text))])
def test_no_short_text_smuggles(kind: Any) -> None:
    """All texts of up to 5 octets over CR, LF, dot, x are refused, or end once."""
    for text in SMUGGLERS:
        try:
            sent = framed(kind(text))
        except ContentError:
            assert b"\r" in text or b"\n" in text
            continue
        assert ends_of_message(sent) == [len(sent)]


@given(st.lists(st.sampled_from([".", "..", "", "x", "x" * 30, ".y"]), min_size=1), st.integers(0))
def test_whole_text_of_any_size(lines: list[str], seed: int) -> None:
    """Texts that need no change and texts that do arrive as they were, small and large."""
    text = "".join(f"{line}\r\n" for line in lines).encode()
    for whole in (text, text * (2 * SLICE // len(text) + seed % 7)):
        for source in (WholeText(whole), FileText(io.BytesIO(whole))):
            sent = framed(source)
            assert sent.endswith(b"\r\n.\r\n")
            assert unstuffed(sent[:-3]) == whole


def test_line_end_across_two_slices() -> None:
    """A CR that ends a slice belongs to the LF that begins the next; alone it is refused."""
    text = b"x" * (SLICE - 1) + b"\r\n.y\r\n"
    assert framed(WholeText(text)).endswith(b"\r\n..y\r\n.\r\n")
    for bad in (
        b"x" * (SLICE - 1) + b"\ry\r\n",
        b"x" * SLICE + b"\n",
        b"x\r",
        b"x" * SLICE + b"\0",
    ):
        with pytest.raises(ContentError):
            WholeText(bad).facts()


def test_text_without_dots_is_not_copied() -> None:
    """Large texts whose lines begin with no dot are sent from where they are."""
    source = WholeText(b"x" * 70 * PIECE)
    assert source.facts() == Facts(70 * PIECE, ascii=True, overlong=70 * PIECE)
    stuffer = source.stuffer()
    assert all(isinstance(stuffer.write(piece), memoryview) for piece in source.text())


def test_file_is_read_from_where_it_stands() -> None:
    """The rest of a file is the message; its size is known where the file can tell."""
    file = io.BytesIO(b"skipped\r\nA: b\r\n\r\nhello\r\n")
    file.readline()
    source = FileText(file)
    assert source.octets == 15
    assert framed(source) == b"A: b\r\n\r\nhello\r\n.\r\n"


class Pipe(io.RawIOBase):
    """A file that cannot seek and gives what it was made with, one read each."""

    def __init__(self, *reads: Any) -> None:
        super().__init__()
        self.reads = [*reads, b""]

    def read(self, size: int = -1) -> Any:
        return self.reads.pop(0)


def test_pipe() -> None:
    """A file that cannot seek has no size; lines cut by its reads are put together again."""
    source = FileText(Pipe(b"a\r\nb", b"b\r\n.c\r", b"\n"))  # type: ignore[arg-type]
    assert source.octets is None
    assert list(source.text()) == [b"a\r\n", b"bb\r\n", b".c\r\n"]


@pytest.mark.parametrize("bad", ["text", None])
def test_file_that_gives_no_bytes(bad: Any) -> None:
    """A file in text mode, or one that is not ready, is not taken for the end of a message."""
    with pytest.raises(TypeError):
        list(FileText(Pipe(bad)).text())  # type: ignore[arg-type]


async def slowly(lines: list[Any]) -> AsyncIterator[Any]:
    for line in lines:
        await asyncio.sleep(0)
        yield line


def awaited(source: AsyncLines) -> bytes:
    """Return the text of *source*, doing what a driver does."""

    async def lead() -> bytes:
        text = b""
        for piece in source.text():
            if piece is None:
                await source.fetch()
            else:
                text += piece
        return text

    return asyncio.run(lead())


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("A: b\r\n\r\n", ["x", b"y", "\xe9"]),
        ("A: b\r\n", ["x"]),
        ("A: b", []),
        ("", []),
        ("", ["x"]),
        ("A: b\r\n\r\n", ["x" * 70] * 3000),
    ],
)
def test_awaited_lines_are_as_others(header: str, lines: list[Any]) -> None:
    """Lines from an asynchronous iterable give the text that a list of them gives."""
    assert awaited(AsyncLines(header, slowly(lines))) == b"".join(Content(header, lines).text())


@pytest.mark.parametrize("chunking", [False, True])
def test_session_asks_its_driver_to_fetch(chunking: bool) -> None:
    """Where lines have to be awaited the session says so, by DATA and by BDAT."""
    content = AsyncLines("", slowly(["x"]))
    made = several(
        one_mail()._replace(content=content, facts=None), options=Options(chunking=chunking)
    )
    offer = b"250-h\r\n250-PIPELINING\r\n250 CHUNKING\r\n"
    replies = [HELLO[0], offer, b"250 ok\r\n" * 2, *([] if chunking else [b"354 go\r\n"])]
    while not isinstance(action := made.next(), Fetch):
        if isinstance(action, Read):
            made.receive(replies.pop(0))
    assert action.source is content
    asyncio.run(content.fetch())
    assert isinstance(made.next(), Write)


def test_awaited_line_that_is_none() -> None:
    """They are checked as others are."""
    with pytest.raises(ContentError):
        awaited(AsyncLines("", slowly(["a\nb"])))


def test_what_a_source_leaves_out() -> None:
    """Only asynchronous lines are fetched, and every source has its text."""
    with pytest.raises(NotImplementedError):
        asyncio.run(Source().fetch())
    with pytest.raises(NotImplementedError):
        Source().text()


@pytest.mark.parametrize(
    ("lengths", "wanted"),
    [([998], 0), ([999], 999), ([998, 998], 0), ([998, 999], 999), ([5, 2000, 7], 2000), ([], 0)],
)
@pytest.mark.parametrize("ended", [True, False])
def test_overlong(lengths: list[int], wanted: int, ended: bool) -> None:
    """Lines of up to 998 octets are none; of longer ones the longest counts."""
    text = b"".join(b"x" * length + b"\r\n" for length in lengths)
    assert overlong(text if ended else text.removesuffix(b"\r\n")) == wanted


@given(st.lists(st.integers(0, 1100), max_size=20))
def test_overlong_is_the_longest_of_the_too_long(lengths: list[int]) -> None:
    """It is what looking at every line would find."""
    text = b"".join(b"x" * length + b"\r\n" for length in lengths)
    widest = max(lengths, default=0)
    assert overlong(text) == (widest if widest > 998 else 0)


def test_long_list_is_measured_without_being_joined() -> None:
    """The facts of a list of any size are those of its text."""
    for lines in (["x" * 70] * 9000, ["\xe9" * 60] * 9000, [b"\xff" * 999, "x"] * 5000):
        content = Content("A: b\r\n", lines)
        text = b"".join(content.text())
        assert content.facts() == Facts(len(text), text.isascii(), overlong(text))
