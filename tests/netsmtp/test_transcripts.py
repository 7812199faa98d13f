"""What Racket's net/smtp was recorded to do, and what ours does instead where it must.

`same`: the bytes, the outcome and the order of events are Racket's, in lock-step exactly; where
the server lists PIPELINING, a send that fails inside the envelope may have written the rest of it.
`refuse`: an error before a byte is written. `better`: what `BETTER` says of each.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from netsmtp.errors import (
    ConnectError,
    ConnectionLost,
    DeliveryUnknown,
    HostNameError,
    InputError,
    ProtocolError,
    ReplyError,
    TlsError,
)
from tests.netsmtp.better import BETTER
from tests.netsmtp.replay import CASES, Raised, normal, run

SAME = [case for case in CASES if case["verdict"] == "same"]
REFUSE = [case for case in CASES if case["verdict"] == "refuse"]


def ids(case: dict[str, Any]) -> str:
    return case["id"]


def said(case: dict[str, Any], sent: str) -> str:
    """Return *sent*, made comparable.

    A server that is gone right behind its last reply hears the QUIT that answers it, or does not:
    that is a race between the two sides, not something the client does.
    """
    text = normal(sent)
    leaves = [step[0] for step in case["server_script"][-2:]] in (
        ["send", "close"],
        ["send", "rst"],
    )
    return text.removesuffix("QUIT\r\n") if leaves else text


@pytest.mark.parametrize("case", SAME, ids=ids)
def test_same_in_lock_step(case: dict[str, Any]) -> None:
    """Without pipelining every byte and the outcome are what Racket's were."""
    result = run(case, pipelining=False)
    assert said(case, result.sent) == said(case, case["client_bytes"])
    same_outcome(case, result)


@pytest.mark.parametrize("case", SAME, ids=ids)
def test_same_when_pipelining(case: dict[str, Any]) -> None:
    """With pipelining only the rest of the envelope may be new, and only after a failure."""
    result = run(case)
    sent, recorded = said(case, result.sent), said(case, case["client_bytes"])
    if case["outcome"] != "ok" and result.sent.startswith(case["client_bytes"]):
        rest = sent[len(recorded) :]
        assert re.fullmatch(r"(RCPT TO:<[^>]*>\r\n)*", rest)
    else:
        assert sent == recorded
    same_outcome(case, result)


@pytest.mark.parametrize("case", REFUSE, ids=ids)
def test_refused(case: dict[str, Any]) -> None:
    """What Racket would let through raises before a byte is written; nothing stays open."""
    result = run(case)
    assert isinstance(result.error, InputError | TypeError)
    assert result.sent == ""
    assert result.ports_closed in ([None, None], [True, True])
    if "star" not in case["call"]["options"]:
        assert result.events == []


@pytest.mark.parametrize("case", [c for c in CASES if c["verdict"] == "better"], ids=ids)
def test_better(case: dict[str, Any]) -> None:
    """Where Racket's behaviour is a defect, ours is the one this case's check describes."""
    BETTER[case["id"]](case)


def test_every_better_case_has_a_check() -> None:
    """The checks are of the recorded cases and of all of them."""
    assert set(BETTER) == {case["id"] for case in CASES if case["verdict"] == "better"}


def same_outcome(case: dict[str, Any], result: Any) -> None:
    """Check that *result* ended as *case* did, with streams closed and the same events."""
    recorded = [
        [name, *rest[:1]] if name == "connect" else [name] for name, *rest in case["events"]
    ]
    assert [event[:2] for event in result.events] == [e for e in recorded if e[0] != "break"]
    assert result.ports_closed == case["ports_closed_at_return"]
    if case["client_closed_connection"] is True:
        assert result.client_closed is True
    if case["outcome"] == "ok":
        assert result.error is None
        return
    kinds = next(kinds for pattern, kinds in OUTCOMES if re.match(pattern, case["outcome"]))
    assert isinstance(result.error, kinds), result.error


OUTCOMES: list[tuple[str, tuple[type[BaseException], ...]]] = [
    (r"exn:fail: check-reply: expected reply \d+; got: [2-5]\d\d[ -]", (ReplyError,)),
    (r"exn:fail: check-reply: expected", (ProtocolError,)),
    (r"exn:fail: check-reply: got EOF", (ConnectionLost, DeliveryUnknown)),
    (r"exn:fail:network: error reading", (ConnectionLost, DeliveryUnknown)),
    (r"exn:fail: send-smtp-message: no receivers", (InputError,)),
    (r"exn:fail: port->ssl-ports", (TlsError,)),
    (r"exn:fail:contract: tcp-connect: contract violation", (HostNameError,)),
    (r"exn:fail:network: tcp-connect: host not found", (ConnectError,)),
    (r"exn:fail: my-", (Raised,)),
    (r"exn:fail:contract: smtp-sending-end-of-message", (TypeError,)),
    (r"exn:break", (KeyboardInterrupt,)),
]
