"""Authentication: what each mechanism sends, what it refuses, and that nothing shows a secret."""

from __future__ import annotations

import copy
import pickle
from base64 import b64encode

import pytest

from netsmtp.core.sasl import Credentials, armor, challenge, credentials
from netsmtp.core.secret import Secret
from netsmtp.errors import CredentialsError


def first(known: Credentials | None) -> str:
    assert known is not None
    answer = next(known.exchange())
    assert answer is not None
    return armor(answer).reveal()


@pytest.mark.parametrize(
    ("user", "password", "xoauth2", "line"),
    [
        ("user", "secret", False, "dXNlcgB1c2VyAHNlY3JldA=="),
        ("", "", False, "AAA="),
        ("u", "\u20ac", False, "dQB1AOKCrA=="),
        ("u@x.org", "tok\xe9n", True, "dXNlcj11QHgub3JnAWF1dGg9QmVhcmVyIHRva8OpbgEB"),
    ],
)
def test_first_answer(user: str, password: str, xoauth2: bool, line: str) -> None:
    """PLAIN names the user twice, as Racket does; all text is UTF-8."""
    assert first(credentials(user, password, xoauth2=xoauth2)) == line


def test_no_credentials() -> None:
    """Without user and password there is no AUTH."""
    assert credentials(None, None) is None


@pytest.mark.parametrize(
    ("user", "password", "xoauth2", "raises"),
    [
        ("u", None, False, CredentialsError),
        (None, "p", False, CredentialsError),
        (None, None, True, CredentialsError),
        ("u\0", "p", False, CredentialsError),
        ("u", "p\0", False, CredentialsError),
        ("u\1", "p", True, CredentialsError),
        ("u", "\ud800", False, CredentialsError),
        (b"u", "p", False, TypeError),
        ("u", b"p", False, TypeError),
        (5, 6, False, TypeError),
    ],
)
def test_unusable_credentials(
    user: object, password: object, xoauth2: bool, raises: type[Exception]
) -> None:
    """Half of the credentials, the wrong type and delimiters inside are refused."""
    with pytest.raises(raises) as caught:
        credentials(user, password, xoauth2=xoauth2)
    assert "ud800" not in str(caught.value)


def test_server_that_repeats_the_secret_is_masked() -> None:
    """A refusal that quotes the password or its base64 does not carry it further."""
    known = credentials("u", "hunter2")
    assert known is not None
    for told in ("hunter2", first(known), b64encode(b"hunter2").decode()):
        assert known.mask(f"535 no: {told}!") == "535 no: ***!"
    empty = credentials("u", "")
    assert empty is not None
    assert empty.mask("535 no") == "535 no"


@pytest.mark.parametrize(("text", "said"), [("", b""), ("aGk=", b"hi"), ("?", None), ("a", None)])
def test_challenge(text: str, said: bytes | None) -> None:
    """A challenge is base64, or none."""
    assert challenge(text) == said


def test_secret_does_not_show() -> None:
    """Nothing but `reveal` gives a secret away, and it cannot be pickled."""
    secret = Secret("hunter2")
    assert Secret(secret).reveal() == "hunter2"
    assert repr(secret) == str(secret) == f"{secret}" == "***"
    assert "hunter2" not in repr(Credentials("u", secret))
    assert not hasattr(secret, "__dict__")
    assert copy.copy(secret) is copy.deepcopy(secret) is secret
    assert secret == Secret("hunter2")
    assert len({secret, Secret("hunter2"), Secret("other")}) == 2
    assert secret != "hunter2"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_oauthbearer_quotes_the_user() -> None:
    """RFC 7628: the user's `=` and `,` are written otherwise, the token follows as it is."""
    known = Credentials("a=b,c", Secret("t"), "OAUTHBEARER")
    assert challenge(first(known)) == b"n,a=a=3Db=2Cc,\1auth=Bearer t\1\1"
    assert challenge(known.give_up) == b"\1"


def test_login_answers_two_questions() -> None:
    """LOGIN waits to be asked, for the user and then for the password."""
    exchange = Credentials("user", Secret("pw"), "LOGIN").exchange()
    assert next(exchange) is None
    assert exchange.send(b"Username:") == Secret("user")
    assert exchange.send(b"Password:") == Secret("pw")
    with pytest.raises(StopIteration):
        exchange.send(b"what else")
