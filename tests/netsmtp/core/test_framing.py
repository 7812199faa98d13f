"""Framing: no text, cut anywhere, ends a message early or leaves a bare CR or LF."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core.framing import END, PIECE, Stuffer, pieces, stuffed
from netsmtp.core.loopback import unstuffed
from netsmtp.errors import ContentError

SMUGGLERS = [
    b"".join(letters)
    for length in range(6)
    for letters in itertools.product((b"\r", b"\n", b".", b"x"), repeat=length)
]


def stuff(*chunks: bytes) -> bytes:
    stuffer = Stuffer()
    return b"".join([*map(stuffer.write, chunks), stuffer.end()])


def outcome(*chunks: bytes) -> bytes | None:
    """Return the framed text, None if it is refused."""
    try:
        return stuff(*chunks)
    except ContentError:
        return None


def splits(data: bytes) -> list[list[bytes]]:
    """Return every way to cut *data* into pieces."""
    if len(data) < 2:
        return [[data]]
    cuts = itertools.product((False, True), repeat=len(data) - 1)
    found: list[list[bytes]] = []
    for choice in cuts:
        ends = [n + 1 for n, cut in enumerate(choice) if cut]
        found.append([data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)])
    return found


def test_no_short_text_smuggles_under_any_split() -> None:
    """All texts of up to 5 octets over CR, LF, dot, x are refused or end once, cut anywhere."""
    for text in SMUGGLERS:
        whole = outcome(text)
        assert all(outcome(*chunks) == whole for chunks in splits(text)), text
        clean = text.replace(b"\r\n", b"")
        assert (whole is None) == (b"\r" in clean or b"\n" in clean), text
        if whole is not None:
            assert whole.count(b"\r") == whole.count(b"\n") == whole.count(b"\r\n")
            assert ends_of_message(whole) == [len(whole)], text


def ends_of_message(framed: bytes) -> list[int]:
    """Return where a server that takes CR LF, bare LF or bare CR for a line end sees the end."""
    lenient = b"\n" + framed.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found = [n for n in range(len(lenient)) if lenient.startswith(b"\n.\n", n)]
    assert len(found) == 1
    assert lenient.endswith(b"\n.\n")
    return [len(framed)]


@pytest.mark.parametrize("bad", [b"a\rb", b"a\nb", b"\n", b"\r", b"a\r\n.\nb", b"\r\r\n", b"a\0"])
def test_bare_cr_lf_and_nul_are_refused(bad: bytes) -> None:
    """What a lenient server might take for a line end never leaves."""
    with pytest.raises(ContentError):
        stuff(bad)
    with pytest.raises(ContentError):
        stuff(*(bad[n : n + 1] for n in range(len(bad))))


lines = st.lists(
    st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=("Cs",)), max_size=12)
    | st.sampled_from([".", "..", "", ". ", ".x"]),
    max_size=40,
)


@given(lines, st.integers(1, 50))
def test_unstuff_after_stuff_is_identity(given_lines: list[str], size: int) -> None:
    """A server that takes the doubled dots away gets the lines back, however they were cut."""
    text = "".join(f"{line}\r\n" for line in given_lines).encode()
    chunks = [text[n : n + size] for n in range(0, len(text), size)]
    framed = stuff(*chunks)
    assert framed.endswith(b".\r\n")
    assert unstuffed(framed[:-3]) == text


def test_text_known_whole_is_framed_alike() -> None:
    """A short text, sent without a stuffer, is what the stuffer would have made of it."""
    for text in SMUGGLERS:
        framed = outcome(text)
        if framed is not None:
            assert stuffed(text) + END == framed, text


@given(lines, st.sampled_from(["str", "bytes", "mixed"]), st.booleans())
def test_lines_of_any_kind_are_framed_alike(given_lines: list[str], kind: str, once: bool) -> None:
    """str, bytes and mixed lines, from a list or an iterator, give the same text."""
    text = "".join(f"{line}\r\n" for line in given_lines).encode()
    as_kind: list[str | bytes] = [
        line if kind == "str" or (kind == "mixed" and n % 2) else line.encode()
        for n, line in enumerate(given_lines)
    ]
    assert b"".join(pieces(b"", iter(as_kind) if once else as_kind)) == text


@pytest.mark.parametrize(
    ("bad", "raises"),
    [
        ("a\nb", ContentError),
        ("a\rb", ContentError),
        ("hi\r\n.\r\nQUIT", ContentError),
        (b"hi\r\n.\r\nQUIT", ContentError),
        ("a\0b", ContentError),
        ("\ud800", ContentError),
        (5, TypeError),
        (None, TypeError),
        (["x"], TypeError),
    ],
)
@pytest.mark.parametrize("others", [[], ["text"], [b"octets"]], ids=["alone", "str", "bytes"])
def test_bad_line_is_refused_among_any_others(
    bad: object, raises: type[Exception], others: list[str | bytes]
) -> None:
    """One bad line is found whatever stands beside it."""
    with pytest.raises(raises):
        list(pieces(b"", [*others, bad, *others]))  # type: ignore[list-item]


def test_pieces_are_bounded() -> None:
    """A hundred megabytes of lines from a generator pass in pieces of about 64 KiB."""
    sizes = [len(piece) for piece in pieces(b"", ("x" * 70 for _ in range(100_000)))]
    assert max(sizes) < 5 * PIECE
    assert len(sizes) > 20
