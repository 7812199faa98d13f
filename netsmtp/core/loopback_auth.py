"""Play the server's side of authentication, for servers that exist only in memory.

A trial is a generator: it yields challenges, is sent the client's answers, and returns whether they
prove that the client knows the account. Its first challenge is what the client answers together
with AUTH, where it does so at all (RFC 4954 section 4).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

from .scram import MIN_ITERATIONS, prepared
from .secret import Secret

Trial = Generator[bytes, bytes, bool]


@dataclass(frozen=True, slots=True)
class Account:
    """Hold the one *user* that a server knows, with the *secret*, a password or token."""

    user: str
    secret: Secret


def trial(mechanism: str, account: Account | None) -> Trial | None:
    """Begin a trial of whoever claims to be *account*, or return None for an unknown *mechanism*.

    Without an account whatever is said is believed; but SCRAM-SHA-256 fails, for in it a server
    proves that it knows the password, too.
    """
    begin = TRIALS.get(mechanism)
    return None if begin is None else begin(account)


def _plain(account: Account | None) -> Trial:
    """Take user and password at once (RFC 4616); another identity may not be asked for."""
    told = yield b""
    if account is None:
        return True
    user, password = account.user.encode(), account.secret.reveal().encode()
    return any(hmac.compare_digest(told, b"\0".join([who, user, password])) for who in (b"", user))


def _login(account: Account | None) -> Trial:
    """Ask for user and password, one after the other."""
    user = yield b"Username:"
    password = yield b"Password:"
    if account is None:
        return True
    known = account.user.encode() + b"\0" + account.secret.reveal().encode()
    return hmac.compare_digest(user + b"\0" + password, known)


def _cram_md5(account: Account | None) -> Trial:
    """Ask for the digest of a challenge under the password (RFC 2195)."""
    asked = f"<{secrets.token_hex(16)}@loopback>".encode()
    told = yield asked
    if account is None:
        return True
    digest = hmac.digest(account.secret.reveal().encode(), asked, "md5").hex()
    return hmac.compare_digest(told, f"{account.user} {digest}".encode())


def _xoauth2(account: Account | None) -> Trial:
    """Take a token as Google's and Microsoft's servers do; a challenge tells why it is refused."""
    told = yield b""
    if account is None:
        return True
    known = f"user={account.user}\1auth=Bearer {account.secret.reveal()}\1\1".encode()
    if hmac.compare_digest(told, known):
        return True
    yield b'{"status":"401","schemes":"bearer","scope":"mail"}'
    return False


def _oauthbearer(account: Account | None) -> Trial:
    """Take a token as RFC 7628 has it; a challenge tells why it is refused (section 3.2.2)."""
    told = yield b""
    if account is None:
        return True
    who, _, rest = told.partition(b"\1")
    known = f"auth=Bearer {account.secret.reveal()}\1\1".encode()
    if who == f"n,a={_saslname(account.user)},".encode() and hmac.compare_digest(rest, known):
        return True
    yield b'{"status":"invalid_token"}'
    return False


def _scram_sha_256(account: Account | None) -> Trial:
    """Have the client prove that it knows the password, and prove the same (RFC 5802, RFC 7677)."""
    said = _CLIENT_FIRST.fullmatch((yield b"").decode("utf-8", "replace"))
    if said is None or account is None or said["name"] != _saslname(prepared(account.user) or ""):
        return False
    salt, nonce = secrets.token_bytes(16), said["nonce"] + secrets.token_urlsafe(18)
    asked = f"r={nonce},s={b64encode(salt).decode()},i={MIN_ITERATIONS}"
    final, _, proof = (yield asked.encode()).decode("utf-8", "replace").rpartition(",p=")
    if final != f"c={b64encode(said['binding'].encode()).decode()},r={nonce}":
        return False
    # RFC 5802 section 3: what a server keeps, and how it finds the client's key in a proof.
    password = (prepared(account.secret.reveal()) or "").encode()
    salted = hashlib.pbkdf2_hmac("sha256", password, salt, MIN_ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    transcript = f"{said['bare']},{asked},{final}".encode()
    signature = hmac.digest(stored, transcript, "sha256")
    shown = decoded(proof) or b""
    key = bytes(a ^ b for a, b in zip(shown, signature, strict=False))
    if not hmac.compare_digest(hashlib.sha256(key).digest(), stored):
        return False
    server = hmac.digest(salted, b"Server Key", "sha256")
    yield b"v=" + b64encode(hmac.digest(server, transcript, "sha256"))
    return True


TRIALS: Mapping[str, Callable[[Account | None], Trial]] = {
    "PLAIN": _plain,
    "LOGIN": _login,
    "SCRAM-SHA-256": _scram_sha_256,
    "CRAM-MD5": _cram_md5,
    "XOAUTH2": _xoauth2,
    "OAUTHBEARER": _oauthbearer,
}
"""Every mechanism that the client knows."""


def decoded(answer: str) -> bytes | None:
    """Return what an *answer* in base64 says, `=` standing for nothing; None if it is no base64."""
    try:
        return b"" if answer == "=" else b64decode(answer, validate=True)
    except (NotBase64, ValueError):
        return None


def _saslname(user: str) -> str:
    """Return *user* as SCRAM and OAUTHBEARER write it (RFC 5801 section 4)."""
    return user.replace("=", "=3D").replace(",", "=2C")


_CLIENT_FIRST = re.compile(
    r"(?P<binding>[ny],(?:a=[^,]*)?,)(?P<bare>n=(?P<name>[^,]*),r=(?P<nonce>[!-+\--~]+))"
)
