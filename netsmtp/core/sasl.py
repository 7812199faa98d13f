"""Speak the client's side of authentication: one table of mechanisms (RFC 4954, RFC 4422).

An exchange is a generator of answers: it yields what to send and is sent the server's challenges.
The first answer goes with the AUTH command itself, or is None where the server speaks first. An
exchange that ends returns what is wrong with the last challenge, or None where it has merely no
answer to it: the server's reply then says why.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass, replace

from ..errors import CredentialsError
from .scram import prepared, scram_sha_256
from .secret import Secret

Exchange = Generator[Secret | None, bytes, str | None]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hold a *user*, a *secret* (password or token) and the *mechanism* that proves them.

    *choices* are the mechanisms a caller has asked for, the best first. Without any, *mechanism* is
    used whether or not the server lists it, as Racket does.
    """

    user: str
    secret: Secret
    mechanism: str = "PLAIN"
    choices: tuple[str, ...] = ()

    def among(self, listed: Collection[str]) -> Credentials | None:
        """Return these credentials with the best mechanism of those *listed*, None if none is."""
        if not self.choices:
            return self
        best = next((name for name in self.choices if name in listed), None)
        return None if best is None else replace(self, mechanism=best)

    def exchange(self) -> Exchange:
        """Begin the exchange of the mechanism."""
        return MECHANISMS[self.mechanism].begin(self.user, self.secret)

    @property
    def give_up(self) -> str:
        """Return what to answer to a challenge that the exchange has no answer for."""
        return MECHANISMS[self.mechanism].give_up

    @property
    def challenges(self) -> int:
        """Return how many challenges a server must have sent before its 235 is believed."""
        return MECHANISMS[self.mechanism].challenges

    def mask(self, text: str) -> str:
        """Return *text* without the secret, should a server's reply repeat it."""
        for secret in (self.secret.reveal(), *_encoded(self)):
            if secret:
                text = text.replace(secret, "***")
        return text


def credentials(
    user: object, secret: object, *, xoauth2: bool = False, mechanism: str | None = None
) -> Credentials | None:
    """Return what *user* and *secret* prove together, or None if both are None.

    *mechanism* is the name of one, or `"auto"` for the strongest that a server lists: for a password
    SCRAM-SHA-256, PLAIN or LOGIN, for a token (*xoauth2*) OAUTHBEARER or XOAUTH2. CRAM-MD5, whose
    servers keep passwords as they are, is used only by its name.

    Empty strings are credentials, as in Racket. Raises `CredentialsError` if only one is given,
    XOAUTH2 is asked for without them, one holds a character that the mechanism cannot carry, or
    there is no such mechanism; `TypeError` for what is no str.
    """
    choices = _choices(mechanism, xoauth2)
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
    usual = choices[0] if choices else "XOAUTH2" if xoauth2 else "PLAIN"
    able = [each for each in choices or (usual,) if _problem(each, user, kept) is None]
    if not able:
        raise CredentialsError(_problem(usual, user, kept))
    return Credentials(user, kept, able[0], tuple(able) if choices else ())


def _choices(mechanism: object, xoauth2: bool) -> tuple[str, ...]:
    """Return the mechanisms that *mechanism* stands for, none for None."""
    if mechanism is None:
        return ()
    if not isinstance(mechanism, str):
        raise TypeError(f"auth_mechanism: expected a str, given {type(mechanism).__name__}")
    if mechanism == "auto":
        return STRONGEST_FIRST[xoauth2]
    if mechanism not in MECHANISMS:
        raise CredentialsError(f"auth_mechanism {mechanism!r}: there are {', '.join(MECHANISMS)}")
    if xoauth2 and mechanism not in STRONGEST_FIRST[True]:
        raise CredentialsError(f"xoauth2 with auth_mechanism {mechanism!r}")
    return (mechanism,)


def _problem(mechanism: str, user: str, secret: Secret) -> str | None:
    """Say which of the two *mechanism* cannot carry, or return None."""
    carries = MECHANISMS[mechanism].carries
    for name, part in (("auth_user", Secret(user)), ("auth_passwd", secret)):
        if not _is_text(part) or not carries(part):
            return f"{name} holds a character that {mechanism} cannot carry"
    return None


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
    return None


def _xoauth2(user: str, secret: Secret) -> Exchange:
    """Give a bearer token as Google's and Microsoft's servers take it."""
    yield Secret(f"user={user}\1auth=Bearer {secret.reveal()}\1\1")
    return None


def _oauthbearer(user: str, secret: Secret) -> Exchange:
    """Give a bearer token as RFC 7628 section 3.1 has it."""
    name = user.replace("=", "=3D").replace(",", "=2C")
    yield Secret(f"n,a={name},\1auth=Bearer {secret.reveal()}\1\1")
    return None


def _login(user: str, secret: Secret) -> Exchange:
    """Give user and password when asked for them, whatever the words of the questions are."""
    yield None
    yield Secret(user)
    yield secret
    return None


def _cram_md5(user: str, secret: Secret) -> Exchange:
    """Answer a challenge by its digest under the password (RFC 2195)."""
    asked = yield None
    try:
        digest = hmac.digest(secret.reveal().encode(), asked, "md5").hex()
    except ValueError:  # pragma: no cover - where a policy of the system forbids it
        return "this system has no MD5"
    yield Secret(f"{user} {digest}")
    return None


def _without(delimiter: str) -> Callable[[Secret], bool]:
    """Return what tells whether a text does not hold the *delimiter* of a mechanism."""
    return lambda part: delimiter not in part.reveal()


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Hold how a mechanism begins and what it is able to carry.

    *give_up* is what it answers to a challenge it has no answer for; *challenges* is how many a
    server must have sent before its 235 is believed.
    """

    begin: Callable[[str, Secret], Exchange]
    carries: Callable[[Secret], bool]
    give_up: str = "*"
    challenges: int = 0


MECHANISMS: Mapping[str, Mechanism] = {
    "PLAIN": Mechanism(_plain, _without("\0")),
    # A challenge carries the reason of a refusal; an empty answer asks for the reply itself.
    "XOAUTH2": Mechanism(_xoauth2, _without("\1"), give_up=""),
    "OAUTHBEARER": Mechanism(_oauthbearer, _without("\1"), give_up="AQ=="),
    "LOGIN": Mechanism(_login, _without("\0")),
    # The second challenge proves the server: a 235 without it proves nothing.
    "SCRAM-SHA-256": Mechanism(
        scram_sha_256, lambda part: prepared(part.reveal()) is not None, challenges=2
    ),
    "CRAM-MD5": Mechanism(_cram_md5, _without("\0"), challenges=1),
}

STRONGEST_FIRST: Mapping[bool, tuple[str, ...]] = {
    False: ("SCRAM-SHA-256", "PLAIN", "LOGIN"),
    True: ("OAUTHBEARER", "XOAUTH2"),
}
"""What `"auto"` tries to find in the server's list: for a password, and for a token."""


def _is_text(part: Secret) -> bool:
    """Tell whether *part* is Unicode text, without lone surrogates."""
    return not any("\ud800" <= c <= "\udfff" for c in part.reveal())


def _encoded(known: Credentials) -> list[str]:
    """Return the base64 forms in which the secret travels."""
    first = next(known.exchange()) or known.secret
    return [armor(first).reveal(), armor(known.secret).reveal()]
