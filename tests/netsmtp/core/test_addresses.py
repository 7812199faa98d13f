"""Addresses and names: what may stand in a command, and what is refused, octet by octet."""

from __future__ import annotations

import sys
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core import addresses
from netsmtp.core.addresses import Address
from netsmtp.core.hosts import ascii_host
from netsmtp.errors import AddressError, HostNameError

GOOD = [
    "a@x.org",
    "a.b+c=d@x-y.example",
    "a..b@x.org",
    "postmaster",
    "root",
    '"a@b"@x.org',
    '"a\\"b"@x.org',
    "a@[127.0.0.1]",
    "a@[IPv6:2001:db8::1]",
    "a@localhost",
    "a@_dmarc.x.org",
    "a%b@x.org",
    "j\xf6rg@x.org",
    "\u7528\u6237@\u4f8b\u5b50.cn",
    "a" * 64 + "@x.org",
]
BAD = [
    "",
    "<a@x.org>",
    "Ann <a@x.org>",
    "a@x.org>",
    "a@x.org> NOTIFY=NEVER",
    "b@y>\r\nRCPT TO:<evil@x",
    "a@x.org\r\n",
    "a b@x.org",
    "a@x org",
    "a@",
    "@x.org",
    "a@x..org",
    "a@x.org.",
    "a@-x.org",
    "a,b@x.org",
    "a@x.org,b@y.org",
    "a;b@x.org",
    "a(c)@x.org",
    '"a@x.org',
    'a"b"@x.org',
    "@a,@b:c@d.org",
    "a@[127.0.0.1",
    "a@[<>]",
    "a" * 65 + "@x.org",
    "a@" + "x." * 130 + "org",
    "a\ud800@x.org",
    "a@x\u2028.org",
    "a\u200b@x.org",
]


@pytest.mark.parametrize("text", GOOD)
def test_address_is_taken_as_it_is(text: str) -> None:
    """What is an address is kept to the letter, as str and as UTF-8."""
    assert addresses.sender(text).text == text
    assert [a.text for a in addresses.recipients([text.encode()])] == [text]


def test_address_prints_as_its_text() -> None:
    """In a sentence an address is what the caller wrote."""
    assert str(addresses.sender("j\xf6rg@x.org")) == "j\xf6rg@x.org"


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Nothing that could end the command, add to it or be two addresses is taken."""
    with pytest.raises(AddressError):
        addresses.recipients([text])
    if text:
        with pytest.raises(AddressError):
            addresses.sender(text)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_no_control_passes_anywhere(place: int) -> None:
    """Every octet from 0 to 32, and 127 to 160, is refused at every place of an address."""
    for code in [*range(33), *range(127, 161)]:
        text = "a@x.org"[:place] + chr(code) + "a@x.org"[place:]
        with pytest.raises(AddressError):
            addresses.sender(text)


@given(st.text(max_size=20))
def test_any_text_stays_inside_its_brackets(text: str) -> None:
    """Whatever is accepted cannot leave the angle brackets it is put between."""
    try:
        wire = addresses.recipients([text])[0].wire()
    except AddressError:
        return
    assert not set(wire) & set("<>")
    assert not {category(c) for c in wire} & {"Cc", "Cs", "Zs", "Zl", "Zp"}


@pytest.mark.parametrize("wrong", [None, 42, object(), ["a@x.org"]])
def test_address_of_another_type_is_a_type_error(wrong: object) -> None:
    """Racket prints whatever it is given; here an address is str or bytes."""
    with pytest.raises(TypeError):
        addresses.sender(wrong)
    with pytest.raises(TypeError):
        addresses.recipients([wrong])


@pytest.mark.parametrize("wrong", ["a@x.org", b"a@x.org", None, 5])
def test_recipients_are_a_list(wrong: object) -> None:
    """One string is not a list of recipients, although Python could walk through it."""
    with pytest.raises(TypeError):
        addresses.recipients(wrong)


def test_bytes_that_are_no_utf8_are_refused() -> None:
    """An address in Latin-1 is none."""
    with pytest.raises(AddressError, match="neither ASCII nor UTF-8"):
        addresses.sender(b"a\xe9@x.org")


def test_null_reverse_path_is_a_sender_only() -> None:
    """A delivery report has no sender; no mail has no recipient."""
    assert addresses.sender("") == Address("", "", "")
    with pytest.raises(AddressError):
        addresses.recipients([""])
    with pytest.raises(AddressError, match="no recipients"):
        addresses.recipients([])


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("a@b\xfccher.example", "a@xn--bcher-kva.example"),
        ("a@\u4f8b\u5b50.cn", "a@xn--fsqu00a.cn"),
        ("j\xf6rg@b\xfccher.example", "j\xf6rg@b\xfccher.example"),
        ("a@X.org", "a@X.org"),
    ],
)
def test_domain_in_other_letters_becomes_its_a_label(text: str, wire: str) -> None:
    """Only the domain is translated, and only where that alone makes the address ASCII."""
    assert addresses.sender(text).wire() == wire


@pytest.mark.parametrize("kind", ["with idna", "without"])
@pytest.mark.parametrize("name", ["a\uff1cb.org", "a\u3000b.org", "\u2028.org", "\xad.org"])
def test_wide_forms_do_not_fold_into_syntax(
    name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name whose folding would hold a bracket or blank is no host name."""
    if kind == "without":
        monkeypatch.setitem(sys.modules, "idna", None)
    with pytest.raises(HostNameError):
        ascii_host(name)


@pytest.mark.parametrize("kind", ["with idna", "without"])
@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("b\xfccher.example", "xn--bcher-kva.example"),
        ("\u4f8b\u5b50.cn", "xn--fsqu00a.cn"),
        ("stra\xdfe.example", "xn--strae-oqa.example"),
        ("x" * 70 + "\xe9.org", None),
    ],
)
def test_a_labels(name: str, label: str | None, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are translated alike with and without the idna package, or refused without."""
    if kind == "without":
        monkeypatch.setitem(sys.modules, "idna", None)
    if label is None or (kind == "without" and "\xdf" in name):
        with pytest.raises(HostNameError):
            ascii_host(name)
        return
    assert ascii_host(name) == label


def test_address_in_a_domain_without_a_label() -> None:
    """A domain that cannot be translated makes the address none."""
    with pytest.raises(AddressError, match="internationalized"):
        addresses.recipients([f"a@{'x' * 60}\xe9.org"])[0].wire()


@pytest.mark.parametrize(
    "name", ["localhost", "client.example", "[127.0.0.1]", "[IPv6:::1]", "a_b"]
)
def test_ehlo_name_is_taken_as_it_is(name: str) -> None:
    """A host name or an address literal is what EHLO gives."""
    assert addresses.ehlo_name(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a\r\nMAIL FROM:<x>", "a\0", "x" * 300, "-a", "[<]"])
def test_what_is_no_ehlo_name_is_refused(name: str) -> None:
    """Nothing that ends the command or is no name is said by EHLO."""
    with pytest.raises(HostNameError):
        addresses.ehlo_name(name)


@pytest.mark.parametrize("name", [None, b"localhost", 5])
def test_ehlo_name_is_a_str(name: object) -> None:
    """Anything else is a mistake of the caller."""
    with pytest.raises(TypeError):
        addresses.ehlo_name(name)
