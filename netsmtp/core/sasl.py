"""Speak the client's side of authentication: one table of mechanisms (RFC 4954, RFC 4422).

An exchange is a generator of answers: it yields what to send and is sent the server's challenges.
The first answer goes with the AUTH command itself, or is None where the server speaks first.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

from ..errors import CredentialsError
from .secret import Secret

Exchange = Generator[Secret | None, bytes, None]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hold a *user*, a *secret* (password or token) and the *mechanism* that proves them."""

    user: str
    secret: Secret
    mechanism: str = "PLAIN"

    def exchange(self) -> Exchange:
        """Begin the exchange of the mechanism."""
        return MECHANISMS[self.mechanism].begin(self.user, self.secret)

    @property
    def give_up(self) -> str:
        """Return what to answer to a challenge that the exchange has no answer for."""
        return MECHANISMS[self.mechanism].give_up

    def mask(self, text: str) -> str:
        """Return *text* without the secret, should a server's reply repeat it."""
        for secret in (self.secret.reveal(), *_encoded(self)):
            if secret:
                text = text.replace(secret, "***")
        return text


def credentials(user: object, secret: object, *, xoauth2: bool = False) -> Credentials | None:
    """Return what *user* and *secret* prove together, or None if both are None.

    Empty strings are credentials, as in Racket. Raises `CredentialsError` if only one is given,
    XOAUTH2 is asked for without them, or one holds a character that the mechanism cannot carry;
    `TypeError` for what is no str.
    """
    if user is None and secret is None:
        if xoauth2:
            raise CredentialsError("xoauth2 without a user and a token")
        return None
    if user is None or secret is None:
        raise CredentialsError(
            "user without password" if secret is None else "password without user"
        )
    if not isinstance(user, str):
        raise TypeError(f"auth_user: expected a str, given {type(user).__name__}")
    if not isinstance(secret, str | Secret):
        raise TypeError(f"auth_passwd: expected a str, given {type(secret).__name__}")
    kept = Secret(secret)
    mechanism = "XOAUTH2" if xoauth2 else "PLAIN"
    for name, part in (("auth_user", Secret(user)), ("auth_passwd", kept)):
        if _unusable(part, "\1" if xoauth2 else "\0"):
            raise CredentialsError(f"{name} holds a character that {mechanism} cannot carry")
    return Credentials(user, kept, mechanism)


def armor(answer: Secret) -> Secret:
    """Return *answer* in base64, as a line of the dialogue carries it."""
    return Secret(b64encode(answer.reveal().encode()).decode("ascii"))


def challenge(text: str) -> bytes | None:
    """Return what the *text* of a 334 reply says, or None if it is not base64."""
    try:
        return b64decode(text.strip(), validate=True)
    except (NotBase64, ValueError):
        return None


def _plain(user: str, secret: Secret) -> Exchange:
    """Give user and password at once (RFC 4616), the user as both identities, as in Racket.

    The encoding is UTF-8 as the RFC has it; Racket's is Latin-1. A server that asks once more is
    told nothing more.
    """
    yield Secret(f"{user}\0{user}\0{secret.reveal()}")


def _xoauth2(user: str, secret: Secret) -> Exchange:
    """Give a bearer token as Google's and Microsoft's servers take it."""
    yield Secret(f"user={user}\1auth=Bearer {secret.reveal()}\1\1")


def _oauthbearer(user: str, secret: Secret) -> Exchange:
    """Give a bearer token as RFC 7628 section 3.1 has it."""
    name = user.replace("=", "=3D").replace(",", "=2C")
    yield Secret(f"n,a={name},\1auth=Bearer {secret.reveal()}\1\1")


def _login(user: str, secret: Secret) -> Exchange:
    """Give user and password when asked for them, whatever the words of the questions are."""
    yield None
    yield Secret(user)
    yield secret


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Hold how a mechanism begins, and what it answers to a challenge it has no answer for."""

    begin: Callable[[str, Secret], Exchange]
    give_up: str = "*"


MECHANISMS: Mapping[str, Mechanism] = {
    "PLAIN": Mechanism(_plain),
    # A challenge carries the reason of a refusal; an empty answer asks for the reply itself.
    "XOAUTH2": Mechanism(_xoauth2, give_up=""),
    "OAUTHBEARER": Mechanism(_oauthbearer, give_up="AQ=="),
    "LOGIN": Mechanism(_login),
}


def _unusable(part: Secret, delimiter: str) -> bool:
    """Tell whether *part* holds the *delimiter* of its mechanism or is no Unicode text."""
    return any(c == delimiter or "\ud800" <= c <= "\udfff" for c in part.reveal())


def _encoded(known: Credentials) -> list[str]:
    """Return the base64 forms in which the secret travels."""
    first = next(known.exchange()) or known.secret
    return [armor(first).reveal(), armor(known.secret).reveal()]
