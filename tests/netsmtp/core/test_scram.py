"""SCRAM-SHA-256: the RFC's own example, and every way in which a server may cheat."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsmtp.core.sasl import Credentials, credentials
from netsmtp.core.scram import MAX_ITERATIONS, prepared, scram_sha_256
from netsmtp.core.secret import Secret
from netsmtp.core.session import Session
from netsmtp.core.stages import Stage
from netsmtp.errors import AuthenticationRefused, CredentialsError, ServerNotProven, SmtpError
from netsmtp.options import Options
from tests.netsmtp.core.conversation import HELLO, YES, session, talk

# RFC 7677 section 3.
NONCE = "rOprNGfwEbeRWgbNEkqO"
BOTH = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
ASKED = f"r={BOTH},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
FINAL = f"c=biws,r={BOTH},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
PROOF = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_example_of_the_rfc() -> None:
    """RFC 7677 section 3, message by message."""
    exchange = scram_sha_256("user", Secret("pencil"), NONCE)
    assert next(exchange) == Secret(f"n,,n=user,r={NONCE}")
    assert exchange.send(ASKED.encode()) == Secret(FINAL)
    assert exchange.send(PROOF.encode()) == Secret("")
    assert ended(exchange.send, b"more") is None


def ended(send: object, data: bytes) -> object:
    """Return what an exchange returns, which ends when it is sent *data*."""
    with pytest.raises(StopIteration) as stop:
        send(data)  # type: ignore[operator]
    return stop.value.value


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("", "not a first message"),
        ("e=other-error", "not a first message"),
        (f"m=more,{ASKED}", "not a first message"),
        (ASKED.replace("s=W22", "s=W2"), "not a first message"),
        (ASKED.replace("W22ZaJ0SNY7soEsUEjb6gQ==", ""), "not a first message"),
        (ASKED.replace("i=4096", "i=0"), "not a first message"),
        (ASKED.replace("i=4096", "i=-4096"), "not a first message"),
        (ASKED.replace("i=4096", "i=4096x"), "not a first message"),
        (ASKED.replace("i=4096", "i=99999999999"), "not a first message"),
        (ASKED.replace("i=4096", "i=1"), "1 iterations"),
        (ASKED.replace("i=4096", "i=4095"), "4095 iterations"),
        (ASKED.replace("i=4096", f"i={MAX_ITERATIONS + 1}"), "1000001 iterations"),
        (ASKED.replace(NONCE, "another"), "nonce"),
        (ASKED.replace(BOTH, NONCE), "nonce"),
    ],
)
def test_first_message_is_checked(asked: str, reason: str) -> None:
    """Nothing is proved to a server that asks for less than the RFC does, or for endless work."""
    exchange = scram_sha_256("user", Secret("pencil"), NONCE)
    next(exchange)
    assert reason in str(ended(exchange.send, asked.encode()))


@pytest.mark.parametrize("proof", ["", "v=", "v=AAAA", PROOF[:-2], "x" + PROOF, "v=\xe9"])
def test_server_has_to_prove_itself(proof: str) -> None:
    """A server whose signature is not that of the password is not believed."""
    exchange = scram_sha_256("user", Secret("pencil"), NONCE)
    next(exchange)
    exchange.send(ASKED.encode())
    assert "did not prove" in str(ended(exchange.send, proof.encode()))


def test_server_that_refuses_gives_its_own_reason() -> None:
    """After `e=` the reply that follows says why."""
    exchange = scram_sha_256("user", Secret("wrong"), NONCE)
    next(exchange)
    exchange.send(ASKED.encode())
    assert ended(exchange.send, b"e=invalid-proof") is None


def test_user_is_quoted_and_nonces_differ() -> None:
    """`=` and `,` in a name are written otherwise; no two exchanges begin alike."""
    first = next(scram_sha_256("a=b,c", Secret("p")))
    second = next(scram_sha_256("a=b,c", Secret("p")))
    assert first is not None
    assert first.reveal().startswith("n,,n=a=3Db=2Cc,r=")
    assert first != second


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("I\xadX", "IX"),  # RFC 4013 section 3
        ("user", "user"),
        ("USER", "USER"),
        ("\xaa", "a"),
        ("\u2168", "IX"),
        ("\x07", None),
        ("\u0627\x31", None),
        ("a\xa0b", "a b"),
        ("\u06271\u0628", "\u06271\u0628"),
        ("\u0627a\u0628", None),
    ],
)
def test_saslprep(text: str, form: str | None) -> None:
    """The examples of RFC 4013 section 3, and mixed directions."""
    assert prepared(text) == form


def test_password_without_a_form_is_refused_before_connecting() -> None:
    """What SASLprep forbids is the caller's mistake."""
    with pytest.raises(CredentialsError, match="auth_passwd"):
        credentials("u", "\x07", mechanism="SCRAM-SHA-256")


class Server:
    """The server's side, written from RFC 5802 section 3 and sharing no code with ours."""

    def __init__(self, password: str, rounds: int = 4096) -> None:
        self.salt = b"salt of a server"
        self.rounds = rounds
        self.salted = hashlib.pbkdf2_hmac("sha256", password.encode(), self.salt, rounds)

    def first(self, said: bytes) -> bytes:
        self.bare = said.removeprefix(b"n,,")
        nonce = self.bare.partition(b"r=")[2]
        self.said = b"r=%sserver,s=%s,i=%d" % (nonce, b64encode(self.salt), self.rounds)
        return self.said

    def final(self, said: bytes) -> bytes | None:
        without, _, proof = said.partition(b",p=")
        message = b",".join((self.bare, self.said, without))
        client = hmac.digest(self.salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(client).digest(), message, "sha256")
        if b64encode(bytes(a ^ b for a, b in zip(client, signature, strict=True))) != proof:
            return None
        server = hmac.digest(self.salted, b"Server Key", "sha256")
        return b"v=" + b64encode(hmac.digest(server, message, "sha256"))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
def test_any_password_agrees_with_a_server_that_knows_it(password: str) -> None:
    """Both sides prove themselves, and with another password neither does."""
    server = Server(password)
    exchange = scram_sha_256("user", Secret(password))
    answer = next(exchange)
    assert answer is not None
    answer = exchange.send(server.first(answer.reveal().encode()))
    assert answer is not None
    proof = server.final(answer.reveal().encode())
    assert proof is not None
    assert exchange.send(proof) == Secret("")
    assert Server(password + "x").salted != server.salted


LISTED = b"250-h\r\n250-AUTH PLAIN LOGIN SCRAM-SHA-256 CRAM-MD5\r\n250 PIPELINING\r\n"
SCRAM = Credentials("user", Secret("pencil"), "SCRAM-SHA-256", ("SCRAM-SHA-256",))


def said(text: str) -> bytes:
    return b"334 " + b64encode(text.encode()) + b"\r\n"


@pytest.fixture
def known_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netsmtp.core.scram.secrets.token_urlsafe", lambda octets: NONCE)


@pytest.mark.usefixtures("known_nonce")
def test_in_a_session() -> None:
    """The server's proof is answered by an empty line, and 235 ends it."""
    replies = [HELLO[0], LISTED, said(ASKED), said(PROOF), b"235 ok\r\n"]
    did = talk(session(credentials=SCRAM), [*replies, *YES])
    assert did[1] == f"AUTH SCRAM-SHA-256 {encoded(f'n,,n=user,r={NONCE}')}\r\n"
    assert did[2:4] == [f"{encoded(FINAL)}\r\n", "\r\n"]


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.usefixtures("known_nonce")
@pytest.mark.parametrize("count", [0, 1])
def test_success_without_proof_is_no_success(count: int) -> None:
    """A server that says 235 before it has proved itself gets no mail."""
    replies = [HELLO[0], LISTED, *[said(ASKED)] * count, b"235 ok\r\n", b"221 bye\r\n"]
    with pytest.raises(ServerNotProven) as caught:
        talk(session(credentials=SCRAM), replies)
    assert caught.value.stage is Stage.AUTH
    assert "MAIL" not in caught.value.__notes__[0]
    assert not caught.value.transient


@pytest.mark.usefixtures("known_nonce")
def test_wrong_proof_is_declined() -> None:
    """A wrong proof is answered by `*`; whatever the server says to that, there is no mail."""
    replies = [HELLO[0], LISTED, said(ASKED), said("v=AAAA"), b"235 ok\r\n", b"221 bye\r\n"]
    with pytest.raises(ServerNotProven, match="did not prove") as caught:
        talk(session(credentials=SCRAM), replies)
    assert caught.value.__notes__[0].endswith("\r\n*\r\nQUIT\r\n")


@pytest.mark.usefixtures("known_nonce")
def test_mask_leaves_challenges_whole() -> None:
    """A password of one letter, masked in what is shown, is not cut out of a challenge."""
    made = session(credentials=Credentials("user", Secret("V"), "SCRAM-SHA-256"))
    with pytest.raises(AuthenticationRefused) as caught:
        talk(made, [HELLO[0], LISTED, said(ASKED), said("e=V"), b"535 V\r\n", b"221 bye\r\n"])
    assert str(caught.value.reply) == "535 ***"


def lead(made: Session, listed: str) -> list[str]:
    """Let *made* talk to a server that lists mechanisms and refuses everyone."""
    hello = f"250-h\r\n250 AUTH {listed}\r\n".encode()
    with pytest.raises(SmtpError) as caught:
        talk(made, [HELLO[0], hello, b"535 no\r\n", b"221 bye\r\n"])
    return [line for line in caught.value.__notes__[0].split("\r\n") if line.startswith("AUTH")]


@pytest.mark.parametrize(
    ("listed", "xoauth2", "chosen"),
    [
        ("PLAIN LOGIN SCRAM-SHA-256 CRAM-MD5", False, "AUTH SCRAM-SHA-256"),
        ("LOGIN PLAIN CRAM-MD5", False, "AUTH PLAIN"),
        ("CRAM-MD5 LOGIN", False, "AUTH LOGIN"),
        ("CRAM-MD5", False, None),
        ("XOAUTH2 OAUTHBEARER PLAIN", True, "AUTH OAUTHBEARER"),
        ("PLAIN", True, None),
    ],
)
def test_auto_takes_the_strongest_once(listed: str, xoauth2: bool, chosen: str | None) -> None:
    """The strongest that is listed is tried, and nothing weaker after a refusal."""
    made = session(credentials=credentials("u", "p", xoauth2=xoauth2, mechanism="auto"))
    tried = lead(made, listed)
    assert [" ".join(each.split()[:2]) for each in tried] == ([chosen] if chosen else [])


@pytest.mark.parametrize("name", ["SCRAM-SHA-256", "LOGIN", "CRAM-MD5", "PLAIN", "OAUTHBEARER"])
def test_mechanism_by_name_has_to_be_listed(name: str) -> None:
    """What a caller names is used or refused, never replaced."""
    made = session(credentials=credentials("u", "p", mechanism=name))
    assert lead(made, "ANONYMOUS") == []
    made = session(credentials=credentials("u", "p", mechanism=name))
    assert lead(made, name)[0].startswith(f"AUTH {name}")


def test_auto_passes_over_what_cannot_carry_the_password() -> None:
    """A password that SASLprep forbids still goes by PLAIN."""
    known = credentials("u", "\x07", mechanism="auto")
    assert known is not None
    assert known.choices == ("PLAIN", "LOGIN")


@pytest.mark.parametrize(
    ("mechanism", "xoauth2", "raises"),
    [
        ("GSSAPI", False, CredentialsError),
        ("plain", False, CredentialsError),
        ("PLAIN", True, CredentialsError),
        (5, False, TypeError),
    ],
)
def test_unknown_mechanism(mechanism: str, xoauth2: bool, raises: type[Exception]) -> None:
    """A name that is none is refused before connecting, and so is one that takes no token."""
    with pytest.raises(raises):
        credentials("u", "p", xoauth2=xoauth2, mechanism=mechanism)


def test_cram_md5() -> None:
    """RFC 2195 section 2."""
    exchange = Credentials("tim", Secret("tanstaaftanstaaf"), "CRAM-MD5").exchange()
    assert next(exchange) is None
    asked = b"<1896.697170952@postoffice.reston.mci.net>"
    assert exchange.send(asked) == Secret("tim b913a602c7eda7a495b4e6e7334d3890")
    assert ended(exchange.send, b"more") is None


def test_options_name_the_mechanism() -> None:
    """`Options(auth_mechanism=...)` is how a caller chooses; the default is Racket's PLAIN."""
    assert Options().auth_mechanism is None
    assert Options(auth_mechanism="auto").auth_mechanism == "auto"
