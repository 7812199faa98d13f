"""Prove a password without telling it, and have the server prove that it knows it, too.

SCRAM-SHA-256 (RFC 5802, RFC 7677) in the client's role, without channel binding. Nothing here
raises about what a server says: a function that did would show its locals in the traceback.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Generator

from .secret import Secret

MIN_ITERATIONS = 4096
"""RFC 7677 section 4. Whoever asks for fewer wants a proof from which the password can be guessed."""
MAX_ITERATIONS = 1_000_000
"""About half a second of work: a server cannot make the client count for ever."""


def scram_sha_256(
    user: str, secret: Secret, nonce: str | None = None
) -> Generator[Secret | None, bytes, str | None]:
    """Yield the client's messages, and return why the exchange cannot go on.

    The last yield comes only when the server has proved that it knows the password. None is
    returned where the server says itself that it refuses. *nonce* is for tests.
    """
    nonce = nonce or secrets.token_urlsafe(24)
    name = (prepared(user) or "").replace("=", "=3D").replace(",", "=2C")
    bare = f"n={name},r={nonce}"
    said = (yield Secret(f"n,,{bare}")).decode("utf-8", "replace")

    asked = _FIRST.fullmatch(said)
    if asked is None:
        return "not a first message of SCRAM-SHA-256"
    if not asked["nonce"].startswith(nonce) or asked["nonce"] == nonce:
        return "a nonce that does not continue ours"
    rounds = int(asked["rounds"])
    if not MIN_ITERATIONS <= rounds <= MAX_ITERATIONS:
        return f"{rounds} iterations, not {MIN_ITERATIONS} to {MAX_ITERATIONS}"

    final = f"c=biws,r={asked['nonce']}"
    transcript = f"{bare},{said},{final}".encode()
    key = _SaltedPassword(secret, b64decode(asked["salt"]), rounds)
    said = (yield Secret(f"{final},p={key.proof(transcript)}")).decode("utf-8", "replace")

    if said.startswith("e="):
        return None
    proof = said.removeprefix("v=").split(",")[0]
    if not hmac.compare_digest(proof.encode(), key.server_signature(transcript).encode()):
        return "the server did not prove that it knows the password"
    yield Secret("")
    return None


def prepared(text: str) -> str | None:
    """Return *text* as SASLprep writes it (RFC 4013), or None if it has no such form."""
    mapped = "".join(
        " " if stringprep.in_table_c12(c) else c for c in text if not stringprep.in_table_b1(c)
    )
    normal = unicodedata.normalize("NFKC", mapped)
    if any(prohibited(c) for prohibited in _PROHIBITED for c in normal):
        return None
    leftward = [stringprep.in_table_d1(c) for c in normal]
    if any(leftward):
        mixed = any(stringprep.in_table_d2(c) for c in normal)
        if mixed or not (leftward[0] and leftward[-1]):
            return None
    return normal


class _SaltedPassword:
    """Hold what salt and password give together; no repr or traceback shows it."""

    __slots__ = ("_key",)

    def __init__(self, secret: Secret, salt: bytes, rounds: int) -> None:
        self._key = hashlib.pbkdf2_hmac(
            "sha256", (prepared(secret.reveal()) or "").encode(), salt, rounds
        )

    def proof(self, transcript: bytes) -> str:
        """Return what shows the server that we know the password."""
        client = hmac.digest(self._key, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(client).digest(), transcript, "sha256")
        return _text(bytes(a ^ b for a, b in zip(client, signature, strict=True)))

    def server_signature(self, transcript: bytes) -> str:
        """Return what only a server that knows the password can say."""
        server = hmac.digest(self._key, b"Server Key", "sha256")
        return _text(hmac.digest(server, transcript, "sha256"))


def _text(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")


_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
# An extension that must be understood (`m=`) would stand first; the optional ones follow.
_FIRST = re.compile(
    rf"r=(?P<nonce>[!-+\--~]+),s=(?P<salt>(?!,){_BASE64}),i=(?P<rounds>[1-9][0-9]{{0,9}})(?:,.*)?"
)
_PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)
