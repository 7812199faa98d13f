"""`netsmtp send --many`: rows are checked, sent, and remembered; the status and the words say what became of them."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from netsmtp._many.journal import Entry, Journal, State
from netsmtp.cli.status import Status
from netsmtp.core.loopback import LoopbackServer
from netsmtp.pool import Pool
from tests.netsmtp.cli.running import Running, run
from tests.netsmtp.cli.terminal import Terminal
from tests.netsmtp.many.flaky import Flaky
from tests.netsmtp.many.killing import write_rows
from tests.netsmtp.tcp import TcpServer

TEMPLATE = "From: bakery@example.org\nTo: {name} <{address}>\nSubject: Bread\n\nDear {name}!\n"
CSV = "name,address\nAnn,ann@example.org\nBen,ben@example.org\n"


def many(path: Path, *arguments: str, port: int = 1, **given: Any) -> Result:
    return run("send", "--server", f"127.0.0.1:{port}", "--many", str(path), *arguments, **given)


def test_each_row_is_sent_once_however_often_it_runs(tmp_path: Path) -> None:
    """The second run finds nothing to do."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 25)
    with Flaky("none") as server:
        first = many(path, port=server.port)
        second = many(path, port=server.port)
    assert (first.exit_code, second.exit_code) == (Status.DONE, Status.DONE)
    assert first.stdout == (
        "this run: sent 25, refused 0, later 0, unknown 0\n"
        "in all: sent 25, refused 0, later 0, unknown 0, waiting 0\n"
    )
    assert second.stdout.startswith("this run: sent 0, refused 0, ")
    assert first.stderr + second.stderr == ""
    assert server.taken == dict.fromkeys(range(1, 26), 1)


def test_a_template_and_its_columns(tmp_path: Path) -> None:
    """Each row of CSV becomes a letter; what the options say is for all."""
    (tmp_path / "people.csv").write_text(CSV)
    (tmp_path / "letter.txt").write_text(TEMPLATE)
    with TcpServer() as server:
        result = many(
            tmp_path / "people.csv",
            *("--template", str(tmp_path / "letter.txt"), "--header", "X-List: bakery"),
            *("--connections", "1"),
            port=server.port,
        )
    assert result.exit_code == Status.DONE, result.output
    assert [mail.recipients for mail in server.mails] == [
        ("ann@example.org",),
        ("ben@example.org",),
    ]
    assert server.texts == ["Dear Ann!", "Dear Ben!"]
    assert b"\r\nX-List: bakery\r\n" in server.mails[0].data


def test_every_bad_row_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    """Each with its line; without the check the good ones are sent and the bad ones are refused."""
    path = tmp_path / "rows.jsonl"
    good = {"from": "a@example.org", "to": "b@example.org", "text": "hi"}
    rows = [good, {**good, "to": "x y"}, good, {"from": "a@example.org"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{\n")
    with Flaky("none") as server:
        checked = many(path, port=server.port)
        assert not server.taken
        assert list(tmp_path.iterdir()) == [path]
        unchecked = many(path, "--no-check", port=server.port)
    assert checked.exit_code == Status.USAGE
    lines = checked.stderr.splitlines()
    assert lines[:2] == ["netsmtp: nothing was sent: some rows cannot be sent", f"  file: {path}"]
    assert [line.split(":")[0] for line in lines[2:]] == ["  line 2", "  line 4", "  line 5"]
    assert unchecked.exit_code == Status.FAILED
    assert "sent 2, refused 3, later 0, unknown 0, waiting 0\n" in unchecked.stdout
    assert "refused: line 5: not JSON" in unchecked.stderr
    assert server.taken == {1: 1, 3: 1}


def test_a_row_that_changed_after_it_was_sent_is_noticed(tmp_path: Path) -> None:
    """So is one that is gone; nothing is sent then. One that was refused may be mended."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 3)
    with Journal(tmp_path / "rows.jsonl.journal") as journal:
        journal.record([Entry(1, b"old", State.SENT), Entry(2, b"old", State.REFUSED)])
        journal.record([Entry(9, b"old", State.UNKNOWN)])
    with Flaky("none") as server:
        changed = many(path, port=server.port)
        unchecked = many(path, "--no-check", port=server.port)
        assert changed.exit_code == unchecked.exit_code == Status.USAGE
        assert "line 1: changed since it was sent" in changed.stderr
        assert "rows that were sent and are gone: 1" in changed.stderr
        assert not server.taken
        with Journal(tmp_path / "rows.jsonl.journal") as journal:
            journal.record([Entry(line, b"", State.WAITING) for line in (1, 9)])
        assert many(path, port=server.port).exit_code == Status.DONE
    assert server.taken == {1: 1, 2: 1, 3: 1}


def test_a_person_decides_what_became_of_unknown_mails(tmp_path: Path) -> None:
    """They are listed, with status 3, and never sent by themselves."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 3)
    forgets = iter([True])

    class Forgetful(LoopbackServer):
        def receive(self, data: bytes) -> bytes:
            answer = super().receive(data)
            if self.mails and next(forgets, False):
                raise ConnectionError
            return answer

    with TcpServer(Forgetful) as server:
        first = many(path, "--connections", "1", port=server.port)
        second = many(path, port=server.port)
        wrong = many(path, "--assume-sent", "2", port=server.port)
        assert len(server.mails) == 3
        third = many(path, "--assume-sent", "1", port=server.port)
        assert len(server.mails) == 3
    assert [each.exit_code for each in (first, second, wrong, third)] == [
        Status.UNKNOWN,
        Status.UNKNOWN,
        Status.USAGE,
        Status.DONE,
    ]
    assert "sent 2, refused 0, later 0, unknown 1, waiting 0\n" in second.stdout
    assert "  line 1, Message-ID 1." in second.stderr
    assert "--assume-sent: line 2 is not unknown" in wrong.stderr


def test_of_many_wrong_lines_some_are_named(tmp_path: Path) -> None:
    """And the number of the others."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 1)
    result = many(path, "--assume-sent", "1-50")
    assert result.exit_code == Status.USAGE
    assert "line 1, 2, 3, " in result.stderr
    assert " 20 and 30 more is not unknown" in result.stderr


def test_retried_unknown_mails_keep_their_message_id(tmp_path: Path) -> None:
    """So that who gets one twice can tell."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 1)
    with TcpServer() as server:
        many(path, port=server.port)
        with Journal(tmp_path / "rows.jsonl.journal") as journal:
            journal.record([journal.entries(1, 1)[1]._replace(state=State.UNKNOWN)])
        assert many(path, "--retry-unknown", "all", port=server.port).exit_code == Status.DONE
    one, two = (
        [line for line in mail.data.split(b"\r\n") if b"Message-ID" in line]
        for mail in server.mails
    )
    assert one == two


def test_the_report_tells_of_every_row(tmp_path: Path) -> None:
    """One line of JSON each, also for those that wait."""
    path, report = tmp_path / "rows.jsonl", tmp_path / "report.jsonl"
    write_rows(path, 3)
    with TcpServer(
        lambda: LoopbackServer(replies=lambda line: QUEUED if line == "." else None)
    ) as server:
        many(path, "--limit", "2", "--connections", "1", "--report", str(report), port=server.port)
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(each["line"], each["state"]) for each in told] == [
        (1, "sent"),
        (2, "sent"),
        (3, "waiting"),
    ]
    assert (told[0]["queue_id"], told[0]["reply"]) == ("4ABC", QUEUED)


QUEUED = "250 2.0.0 Ok: queued as 4ABC"


def test_later_is_tried_again(tmp_path: Path) -> None:
    """A refusal for now is status 75, and the next run tries it."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 2)
    refusals = iter(["451 4.7.1 greylisted"])

    def reply(line: str) -> str | None:
        return next(refusals, None) if line.startswith("RCPT") else None

    with TcpServer(lambda: LoopbackServer(replies=reply)) as server:
        first = many(path, "--connections", "1", port=server.port)
        second = many(path, port=server.port)
    assert (first.exit_code, second.exit_code) == (Status.TEMPORARY, Status.DONE)
    assert "sent 1, refused 0, later 1" in first.stdout
    assert len(server.mails) == 2


def test_nobody_listens(tmp_path: Path) -> None:
    """The run ends soon, with 75, and what was not begun waits."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 500)
    with Flaky("none") as server:
        pass
    result = many(path, port=server.port)
    assert result.exit_code == Status.TEMPORARY
    assert result.stderr.startswith("netsmtp: not sent, try again later: cannot connect")
    assert result.stderr.endswith("\n  so no more was begun\n")
    assert "sent 0, refused 0, later" in result.stdout


def test_a_dry_run_shows_the_first_and_leaves_no_trace(tmp_path: Path) -> None:
    """Everything is checked, nothing is sent, and there is no journal."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 4)
    result = many(path, "--dry-run")
    assert result.exit_code == Status.DONE
    assert "C: RCPT TO:<r1@example.org>" in result.stdout
    assert result.stdout.endswith("nothing was sent; 4 of 4 mails would be\n")
    assert list(tmp_path.iterdir()) == [path]


def test_one_run_at_a_time(tmp_path: Path) -> None:
    """The second is refused while the first has the journal."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 1)
    with Journal(tmp_path / "rows.jsonl.journal"):
        result = many(path)
    assert result.exit_code == Status.TEMPORARY
    assert result.stderr.startswith(
        "netsmtp: stopped: the journal is in use: another run has it open\n"
    )


def test_another_letter_is_noted(tmp_path: Path) -> None:
    """A changed template does not change what was sent."""
    (tmp_path / "people.csv").write_text(CSV)
    letter = tmp_path / "letter.txt"
    letter.write_text(TEMPLATE)
    with Flaky("none") as server:
        given = ("--template", str(letter), "--limit", "1")
        assert many(tmp_path / "people.csv", *given, port=server.port).stderr == ""
        letter.write_text(TEMPLATE + "Soon!\n")
        result = many(tmp_path / "people.csv", *given, port=server.port)
    assert result.stderr == "note: 1 mail had another template or other options\n"


def test_a_full_disk_stops_before_more_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a clear error; when there is room again, the next run goes on."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 400)
    usual = Journal.record

    def small(self: Journal, entries: Any) -> None:
        self._base.execute("PRAGMA max_page_count = 8")
        usual(self, entries)

    with Flaky("none") as server:
        with monkeypatch.context() as patched:
            patched.setattr(Journal, "record", small)
            result = many(path, port=server.port)
        sent = sum(server.taken.values())
        assert result.exit_code in (Status.TEMPORARY, Status.UNKNOWN)
        assert "stopped: the journal cannot be used: database or disk is full" in result.stderr
        assert 0 < sent < 400
        again = many(path, port=server.port)
    assert again.exit_code in (Status.DONE, Status.UNKNOWN)
    assert max(server.taken.values()) == 1


def test_a_terminal_sees_a_bar(tmp_path: Path) -> None:
    """It is gone at the end, and elsewhere there is none."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 30)
    with Flaky("none") as server, Terminal() as terminal:
        where = ("--server", f"127.0.0.1:{server.port}")
        running = Running(
            "send", *where, "--many", str(path), stderr=terminal.slave, env={"TERM": "xterm"}
        )
        status, out, _ = running.ended()
        terminal.read_until(b"mails")
        terminal.read_until(b"\x1b[?25h")
    assert (status, out.splitlines()[0]) == (
        Status.DONE,
        "this run: sent 30, refused 0, later 0, unknown 0",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("--to", "x@example.org"),
        ("--via", "recording"),
        ("--body", "/dev/null"),
        ("--template", __file__),
        ("--rate", "0"),
        ("--rate", "5/x"),
        ("--retry-unknown", "1-x"),
        ("--retry-unknown", "20-17"),
        ("--assume-sent", "3,9-5"),
        ("--connections", "0"),
    ],
)
def test_options_that_cannot_be_meant(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """They are refused before anything is opened."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 1)
    result = many(path, *arguments)
    assert result.exit_code == Status.USAGE
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["people.csv", "letter.txt", "people.csv.journal", "link"])
def test_the_report_takes_the_place_of_nothing_that_the_run_needs(
    tmp_path: Path, name: str
) -> None:
    """Neither of the rows, nor of the template, nor of the journal; under no name of theirs."""
    people, letter = tmp_path / "people.csv", tmp_path / "letter.txt"
    people.write_text(CSV)
    letter.write_text(TEMPLATE)
    (tmp_path / "link").symlink_to(people)
    report = str(tmp_path / name)
    result = many(people, "--template", str(letter), "--report", report)
    assert result.exit_code == Status.USAGE
    assert f"--report: {report} is" in result.stderr
    assert (people.read_text(), letter.read_text()) == (CSV, TEMPLATE)
    assert not (tmp_path / "people.csv.journal").exists()


@pytest.mark.parametrize("pipe", ["people.csv", "letter.txt"])
def test_a_pipe_is_refused(tmp_path: Path, pipe: str) -> None:
    """Rows and template are read more than once, which a pipe is not."""
    (tmp_path / "people.csv").write_text(CSV)
    (tmp_path / "letter.txt").write_text(TEMPLATE)
    (tmp_path / pipe).unlink()
    os.mkfifo(tmp_path / pipe)
    result = many(tmp_path / "people.csv", "--template", str(tmp_path / "letter.txt"))
    assert result.exit_code == Status.USAGE
    assert "is read more than once" in result.stderr
    assert not (tmp_path / "people.csv.journal").exists()


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--limit", "3"), "--limit is for --many FILE\n"),
        (("--no-check",), "--no-check is for --many FILE\n"),
        (("--dry-run",), "--dry-run is for --many FILE; for one mail there is --via dry-run\n"),
    ],
)
def test_options_for_many_mean_nothing_without(option: tuple[str, ...], told: str) -> None:
    """One mail has no journal; the option is named."""
    result = run("send", "--from", "a@example.org", "--to", "b@example.org", "--embedded", *option)
    assert result.exit_code == Status.USAGE
    assert told in result.stderr


def test_more_lines_than_a_file_has_are_refused(tmp_path: Path) -> None:
    """They are held in memory; who means every line says so."""
    (tmp_path / "people.csv").write_text(CSV)
    result = many(tmp_path / "people.csv", "--retry-unknown", "1-9999999999")
    assert result.exit_code == Status.USAGE
    assert "names more than 1,000,000 lines; there is 'all'" in result.stderr


def test_a_defect_in_sending_ends_with_its_own_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row it happened at is unknown: nobody knows how far it came."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 3)

    def defect(*given: object, **named: object) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr(Pool, "send", defect)
    assert many(path, "--connections", "1").exit_code == Status.DEFECT
    with Journal(tmp_path / "rows.jsonl.journal") as journal:
        assert 1 in [entry.line for entry in journal.of(State.UNKNOWN)]


def test_the_journal_is_a_database_that_anybody_can_read(tmp_path: Path) -> None:
    """Once the run is over."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, 2)
    with Flaky("none") as server:
        many(path, port=server.port)
    base = sqlite3.connect(tmp_path / "rows.jsonl.journal")
    assert base.execute("SELECT line, state FROM mail").fetchall() == [(1, "sent"), (2, "sent")]
    base.close()
