"""A sender that is killed at random moments loses no mail and sends none twice: tools/kill-many does it 200 times."""

from __future__ import annotations

from pathlib import Path

from netsmtp._many.journal import State
from netsmtp._many.sending import DEPTH
from tests.netsmtp.many.killing import CONNECTIONS, kill_many


def test_no_mail_is_lost_or_doubled_by_killing_the_sender(tmp_path: Path) -> None:
    """Counted at the server; a kill leaves at most two mails for each connection for a person to look up."""
    outcome = kill_many(tmp_path, rows=300, kills=5, seed=3)
    assert outcome.wrong == []
    assert outcome.kills == 5
    assert outcome.most_begun <= DEPTH * CONNECTIONS
    assert set(outcome.states) <= {State.SENT, State.REFUSED}
    assert outcome.states.total() == outcome.rows
