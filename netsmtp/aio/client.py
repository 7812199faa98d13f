"""The asynchronous client: `netsmtp.client.Client`, awaited."""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from types import TracebackType
from typing import Self

from netsmtp._client import ClientCore
from netsmtp._connection import Job
from netsmtp.aio._transport import AsyncTransport, connected
from netsmtp.core.envelope import SendResult
from netsmtp.message import Envelope, Message
from netsmtp.smtp import Address, Addressee

__all__ = ["Client"]


class Client(ClientCore):
    __doc__ = (
        (ClientCore.__doc__ or "")
        + """
    *connect* may return an awaitable; it gives a connected socket. *end_of_message* may return one,
    too, and lines may be asynchronous. Several tasks may use a client: their mails go one after
    another. A task that is cancelled closes the connection without the dot.
    """
    )

    _awaits = True
    _new_lock = asyncio.Lock

    async def send(
        self,
        message: Message,
        sender: Address | None = None,
        recipients: Iterable[Addressee] | None = None,
        *,
        header: str | bytes | None = None,
    ) -> SendResult:
        """Send one *message* and return how it was taken; see `netsmtp.client.Client.send`."""
        job = self._job(Envelope(message, sender, recipients, header))
        async with self._lock:
            self._hopeless = None
            self._jobs.append(job)
            try:
                return (await self._settle(job)).check()
            finally:
                self.take_back(job)

    def send_all(
        self, messages: Iterable[Message | Envelope] | AsyncIterable[Message | Envelope]
    ) -> AsyncIterator[SendResult]:
        """Send *messages* and yield how each was taken; see `netsmtp.client.Client.send_all`.

        Of asynchronous *messages* none keeps the one before it waiting: what is not there when the
        mail before is sent has its envelope sent later.
        """
        self._hopeless = None
        return _Results(self, messages)

    async def close(self) -> None:
        """Say QUIT and close the connection. The client can be used again."""
        async with self._lock:
            await self._leave()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close in order, or at once where the block was interrupted."""
        if error is None or isinstance(error, Exception):
            await self.close()
        else:
            self._drop()

    async def settled(self, job: Job) -> SendResult:
        """Lead connections until it is known what became of *job*, when it is its turn."""
        if job.result is not None:
            return job.result
        async with self._lock:
            return await self._settle(job)

    # How it reads, writes and waits.

    async def _connect(self, seconds: float | None) -> AsyncTransport:
        target = self._target
        sock = None
        if self._given_connect is not None:
            sock = self._given_connect(target.host, target.port)
            if inspect.isawaitable(sock):
                sock = await sock
        carrier = await connected(target.host, target.port, target.source_address, sock, seconds)
        if target.security == "tls":
            return await self._encrypt(carrier, seconds)
        return carrier

    async def _encrypt(self, carrier: AsyncTransport, seconds: float | None) -> AsyncTransport:
        target = self._target
        return await carrier.encrypt(target.context(), target.certified_name, seconds)

    def _hook(self) -> Callable[[], Awaitable[object]] | None:
        procedure = self._given_hook
        if procedure is None:
            return None

        async def hook() -> None:
            waiting = procedure()
            if inspect.isawaitable(waiting):
                await waiting

        return hook


class _Results(AsyncIterator[SendResult]):
    """Take *messages* one ahead of their results.

    It is no generator, for those are closed some time after they are forgotten, and by then the mail
    ahead might have been sent.
    """

    def __init__(
        self,
        client: Client,
        messages: Iterable[Message | Envelope] | AsyncIterable[Message | Envelope],
    ) -> None:
        self._client = client
        self._ahead: deque[Job] = deque()
        self._messages = _Messages(messages)

    async def __anext__(self) -> SendResult:
        ahead = self._ahead
        try:
            while len(ahead) < 2:
                job = await self._messages.next(self._client, wait=not ahead)
                if job is None:
                    break
                ahead.append(job)
            if not ahead:
                raise StopAsyncIteration
            result = await self._client.settled(ahead[0])
        except BaseException:
            self.close()
            raise
        ahead.popleft()
        return result.guarded()

    def close(self) -> None:
        """Take back what was not sent."""
        self._messages.close()
        while self._ahead:
            self._client.take_back(self._ahead.popleft())

    __del__ = close


class _Messages:
    """Turn messages, which may have to be awaited, into jobs of a client."""

    def __init__(
        self, messages: Iterable[Message | Envelope] | AsyncIterable[Message | Envelope]
    ) -> None:
        self._given: AsyncIterator[Message | Envelope] | None = None
        if isinstance(messages, AsyncIterable):
            self._given = aiter(messages)
        else:
            self._there = iter(messages)
        self._waiting: asyncio.Future[Message | Envelope] | None = None
        self._over = False
        self._failure: Exception | None = None

    async def next(self, client: Client, *, wait: bool) -> Job | None:
        """Return a job for the next message; None after the last, or where one would have to *wait*.

        What the messages raise is raised when there is nothing else to *wait* for.
        """
        if self._over:
            if wait and self._failure is not None:
                raise self._failure
            return None
        try:
            if self._given is None:
                return client.take(next(self._there))
            self._waiting = self._waiting or asyncio.ensure_future(_awaited(self._given))
            if not wait and not self._waiting.done():
                await asyncio.sleep(0)
                if not self._waiting.done():
                    return None
            waiting, self._waiting = self._waiting, None
            return client.take(await waiting)
        except (StopIteration, StopAsyncIteration):
            self._over = True
        except Exception as error:
            if wait:
                raise
            self._over, self._failure = True, error
        return None

    def close(self) -> None:
        """Wait for no other message."""
        if self._waiting is not None:
            self._waiting.cancel()


async def _awaited(messages: AsyncIterator[Message | Envelope]) -> Message | Envelope:
    return await anext(messages)
