"""Put recorded cases to real Racket, where there is one: are the recordings still what it does?"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.netsmtp.replay import normal, server_context
from tests.netsmtp.scripted import ScriptedServer

FOLDER = Path(__file__).parent
MISSING = "there is no `racket` on the PATH, so nothing could be recorded afresh"

Case = dict[str, Any]


def racket() -> str | None:
    """Return the Racket program that is on the PATH."""
    return shutil.which("racket")


def cases(name: str) -> list[Case]:
    """Return the recorded cases of the file *name*."""
    text = (FOLDER / "cases" / f"{name}.json").read_text(encoding="utf-8")
    loaded: list[Case] = json.loads(text)
    return loaded


def numbered(listed: Sequence[Case], name: str) -> list[str]:
    """Return an id for each of the cases *listed*, which counts them and names their file."""
    return [f"{name} {n} of {len(listed)} {case['id']}" for n, case in enumerate(listed, 1)]


def command(driver: str) -> list[str]:
    """Return the command that runs *driver*, a program in Racket; there must be one."""
    program = racket()
    assert program, MISSING
    return [program, str(FOLDER / "racket" / driver)]


def ask(driver: str, questions: Sequence[Case], zone: str = "UTC") -> Iterator[Case]:
    """Yield the answers of *driver*, a program in Racket, to *questions*, in the time *zone*."""
    done = subprocess.run(
        command(driver),
        input="".join(f"{json.dumps(question)}\n" for question in questions),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
        env={**os.environ, "TZ": zone},
    )
    yield from map(json.loads, done.stdout.split("\n")[:-1])


def head_differences(recorded: Iterable[Case]) -> Iterator[str]:
    """Yield a text for each case of net/head that real Racket does not answer as *recorded*.

    A case that an older Racket answers otherwise has both answers; either is right. Of an error
    only the kind and the words count.
    """
    listed = list(recorded)
    questions = [{"fn": case["fn"], "args": case["args"]} for case in listed]
    dates = [index for index, case in enumerate(listed) if "result_America/New_York" in case]
    answers = zip(listed, ask("head.rkt", questions), strict=True)
    for case, answer in answers:
        keys = ("error", "exn") if "error" in case else ("result",)
        wanted = [{key: case[key] for key in keys}, case.get("newer")]
        if undated(answer) not in wanted:
            yield f"{case['id']}\n  recorded: {wanted[0]}\n  racket:   {answer}"
    elsewhere = ask("head.rkt", [questions[index] for index in dates], "America/New_York")
    for index, answer in zip(dates, elsewhere, strict=True):
        if answer["result"] != listed[index]["result_America/New_York"]:
            yield f"{listed[index]['id']} in America/New_York\n  racket:   {answer}"


def undated(answer: Case) -> Case:
    """Return *answer* without today's date."""
    if not isinstance(answer.get("result"), str):
        return answer
    return {"result": re.sub(r"(?<=\r\nDate: )[^\r]+", "<DATE>", answer["result"])}


#: How these end, and what arrives, is a race between the two sides.
UNSTEADY = ("close-after-354-bigbody", "early-554-bigbody", "quit-close-with-250")


def smtp_differences(recorded: Iterable[Case]) -> Iterator[str]:
    """Yield a text for each case of net/smtp that real Racket does not do as *recorded*.

    Compared are the bytes, the outcome's first line, the order of events and whether the ports were
    closed. Cases of a newer net/smtp than this Racket's are left out; see `newer`.
    """
    driver = subprocess.Popen(
        command("smtp.rkt"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    with driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        for case in recorded:
            if newer(case):
                continue
            with ScriptedServer(case["server_script"], context=server_context(tls(case))) as server:
                question = {"call": case["call"], "port": server.port}
                driver.stdin.write(f"{json.dumps(question)}\n")
                driver.stdin.flush()
                answer = json.loads(driver.stdout.readline())
            yield from compared(case, answer, server)
        driver.stdin.close()


def newer(case: Case) -> bool:
    """Tell whether *case* needs a net/smtp that Racket 8 does not have."""
    return "xoauth2" in case["call"]["options"]


def tls(case: Case) -> str:
    """Return the kind of TLS that the server of *case* speaks."""
    return "legacy" if ["tls", "legacy"] in case["server_script"] else "modern"


def compared(case: Case, answer: Case, server: ScriptedServer) -> Iterator[str]:
    """Yield what of *answer*, and of the bytes that *server* received, is not as recorded."""
    sent = bytes(server.received).decode("latin-1")
    recorded = {
        "client_bytes": normal(case["client_bytes"]),
        "outcome": first_line(case["outcome"]),
        "events": [named(event) for event in case["events"]],
        "ports_closed_at_return": case["ports_closed_at_return"],
    }
    found = {
        "client_bytes": normal(sent),
        "outcome": first_line(answer["outcome"]),
        "events": [named(event) for event in answer["events"]],
        "ports_closed_at_return": answer["closed"] if answer["opened"] else [None, None],
    }
    if case["id"] in UNSTEADY:
        del recorded["client_bytes"], found["client_bytes"]
        del recorded["outcome"], found["outcome"]
    for key, wanted in recorded.items():
        if found[key] != wanted:
            yield f"{case['id']} {key}\n  recorded: {wanted!r}\n  racket:   {found[key]!r}"


def named(event: Sequence[Any]) -> list[Any]:
    """Return of *event* what does not depend on the moment: its name, and what it was about."""
    return list(event[:1] if event[0] in ("end-of-message", "break") else event[:2])


def first_line(outcome: str) -> str:
    """Return *outcome* without what OpenSSL says in its own words, and without places in files."""
    line = re.sub(r"\(error:.*", "", outcome.partition("\n")[0])
    return re.sub("#<procedure:[^>]*>", "#<procedure>", line)
