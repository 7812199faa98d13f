"""Send many mails over one connection.

::

    with Client("mail.example.org", auth_user="me", auth_passwd=password) as client:
        client.send(message)
        for result in client.send_all(messages):
            ...
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from types import TracebackType
from typing import Self

from ._client import ClientCore
from ._connection import Job
from ._drive import at_once
from ._streams import Carrier
from ._transport import opened, opened_path, secured, sending_to, transport
from .core.envelope import SendResult
from .message import Envelope, Text
from .smtp import Address, Addressee, awaited

__all__ = ["Client"]


class Client(ClientCore):
    __doc__ = (
        (ClientCore.__doc__ or "")
        + """
    It connects when there is something to send, keeps the connection, and connects anew where that
    is safe. It is for one thread at a time: used by two at once it raises `RuntimeError`.
    """
    )

    def send(
        self,
        message: Text,
        sender: Address | None = None,
        recipients: Iterable[Addressee] | None = None,
        *,
        header: str | bytes | None = None,
    ) -> SendResult:
        """Send one *message* and return how it was taken.

        *sender* and *recipients* are the envelope; left out, they are those of the message, an
        `email.message`, whose Bcc is not sent. With *header* the message is the lines of its body.
        Raises `InputError` or `TypeError` before anything is sent, and otherwise `SmtpError`: with
        `DeliveryUnknown` the message may have been delivered, with every other it was not.
        """
        job = self._job(Envelope(message, sender, recipients, header))
        self._hopeless = None
        self._jobs.append(job)
        try:
            return self._settled(job).check()
        finally:
            self.take_back(job)

    def send_all(self, messages: Iterable[Text | Envelope]) -> Iterator[SendResult]:
        """Send *messages* and yield how each was taken: one result for each, in their order.

        A mail that fails does not end the iteration: its result has the *error*, which `check`
        raises, and which is logged if nobody looks at it. Where no connection can be made for a
        reason that will not pass, a wrong password say, all that follow fail by the same error
        without another attempt. What *messages* raise ends the iteration, when those taken before are told
        of; what their lines or the observer raise ends it at once.

        *messages* may be endless: each is taken when the one before it is about to be sent, so that
        its envelope can go behind the dot of that one. An iterable that waits for its next message
        keeps the one before waiting as well.
        """
        self._hopeless = None
        source, failure, more = iter(messages), None, True
        ahead: deque[Job] = deque()
        try:
            while more or ahead:
                while more and len(ahead) < 2:
                    try:
                        ahead.append(self.take(next(source)))
                    except StopIteration:
                        more = False
                    except Exception as error:  # noqa: BLE001 - raised when those before are told of
                        more, failure = False, error
                if ahead:
                    yield self._settled(ahead[0]).guarded()
                    ahead.popleft()
        finally:
            for job in ahead:
                self.take_back(job)
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Say QUIT and close the connection. The client can be used again."""
        self._alone()
        try:
            at_once(self._leave())
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close in order, or at once where the block was interrupted."""
        if error is None or isinstance(error, Exception):
            self.close()
        else:
            self._drop()

    def _settled(self, job: Job) -> SendResult:
        if job.result is not None:
            return job.result
        self._alone()
        try:
            return at_once(self._settle(job))
        finally:
            self._lock.release()

    # How it reads, writes and waits.

    def _alone(self) -> None:
        """Refuse a second thread, which would send its bytes in between."""
        if not self._lock.acquire(blocking=False):
            raise RuntimeError("a client is for one thread at a time; a pool is for several")

    _new_lock = staticmethod(threading.Lock)

    async def _connect(self, seconds: float | None) -> Carrier:
        target = self._target
        if self._given_connect is not None:
            with sending_to(target.certified_name, seconds):
                carrier = transport(self._given_connect(target.host, target.port))
        elif target.is_path:
            carrier = opened_path(target.host, seconds)
        else:
            carrier = opened(target.host, target.port, seconds, target.source_address)
        if target.security != "tls":
            return carrier
        try:
            return secured(carrier, target.context(), target.certified_name, seconds)
        except BaseException:
            carrier.abort()
            raise

    async def _encrypt(self, carrier: Carrier, seconds: float | None) -> Carrier:
        target = self._target
        return secured(carrier, target.context(), target.certified_name, seconds)

    def _hook(self) -> Callable[[], Awaitable[object]] | None:
        return None if self._given_hook is None else awaited(self._given_hook)
