"""How a pool ends: interrupted, cancelled, or found in a process that was forked."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import Any

import pytest

import netsmtp.aio
from netsmtp import Pool
from tests.netsmtp.pools import mail
from tests.netsmtp.tcp import TcpServer


def press_ctrl_c() -> None:
    """Interrupt the main thread, where it waits."""
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGINT)


def test_interrupted() -> None:
    """Ctrl-C waits for nothing, and nothing more is written: no mail is ended by a dot."""
    leave, count = threading.Event(), threading.Barrier(3, action=press_ctrl_c)

    def hook() -> None:
        count.wait(30)
        leave.wait(30)

    with TcpServer() as server:
        with (
            pytest.raises(KeyboardInterrupt),
            Pool("127.0.0.1", server.port, connections=3, end_of_message=hook) as pool,
        ):
            list(pool.send_all(mail(n) for n in range(50)))
        leave.set()
    assert server.mails == []
    assert len(server.connections) == 3


def test_interrupted_pool_can_be_used_again() -> None:
    """Who catches the interruption inside the block goes on with new connections."""
    leave = threading.Event()
    hooks = [lambda: (press_ctrl_c(), leave.wait(30))]

    def hook() -> None:
        if hooks:
            hooks.pop()()

    with (
        TcpServer() as server,
        Pool("127.0.0.1", server.port, connections=2, end_of_message=hook) as pool,
    ):
        with pytest.raises(KeyboardInterrupt):
            list(pool.send_all([mail(1)]))
        pool.send(mail(2).message, "a@x.org", ["b@y.org"])
        leave.set()
        pool.send(mail(3).message, "a@x.org", ["b@y.org"])
    assert sorted(server.texts) == ["mail 2", "mail 3"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_forked() -> None:
    """A process that was forked opens its own connections, and cannot go on with its parent's run."""

    def child(pool: Pool, results: Any) -> int:
        try:
            next(results)
        except RuntimeError:
            with pool:
                pool.send(mail(8).message, "a@x.org", ["b@y.org"])
            return 0
        return 1

    with TcpServer() as server, Pool("127.0.0.1", server.port, connections=1) as pool:
        results = pool.send_all(mail(n) for n in range(20))
        assert next(results)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                status = child(pool, results)
            finally:
                os._exit(status)
        assert os.waitpid(pid, 0)[1] == 0
        assert all(results)
    assert len(server.connections) == 2
    texts = [[each.data.split(b"\r\n")[-2] for each in one.mails] for one in server.connections]
    assert sorted(texts[0]) == sorted(b"mail %d" % n for n in range(20))
    assert texts[1] == [b"mail 8"]


def test_cancelled() -> None:
    """A task that is cancelled sends nothing more, whatever its pool had under way; others go on."""

    async def use(port: int) -> None:
        waiting = asyncio.Semaphore(0)
        blocked = True

        async def hook() -> None:
            waiting.release()
            if blocked:
                await asyncio.Event().wait()

        async with netsmtp.aio.Pool("127.0.0.1", port, connections=3, end_of_message=hook) as pool:

            async def send() -> None:
                async for result in pool.send_all(mail(n) for n in range(50)):
                    raise AssertionError(result)

            task = asyncio.ensure_future(send())
            for _ in range(3):
                await waiting.acquire()
            queued = asyncio.ensure_future(pool.send(mail(60).message, "a@x.org", ["b@y.org"]))
            await asyncio.sleep(0)
            blocked = False
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await queued
            assert len(asyncio.all_tasks()) == 1

    with TcpServer() as server:
        asyncio.run(use(server.port))
    assert server.texts == ["mail 60"]


def test_forgotten_results_end_their_tasks() -> None:
    """Results that nobody keeps send no more than what is under way."""

    async def use(port: int) -> None:
        async with netsmtp.aio.Pool("127.0.0.1", port, connections=2) as pool:
            async for result in pool.send_all(mail(n) for n in range(1000)):
                assert result
                break
            del result
            while len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(0)

    with TcpServer() as server:
        asyncio.run(use(server.port))
    assert len(server.mails) < 50


def test_asynchronous_messages() -> None:
    """Messages may be awaited, and none keeps a result waiting that is there before it."""

    async def use(port: int) -> list[bool]:
        more: asyncio.Queue[int] = asyncio.Queue()

        async def messages() -> Any:
            while (n := await more.get()) < 5:
                yield mail(n)

        found = []
        async with netsmtp.aio.Pool("127.0.0.1", port, connections=3) as pool:
            await more.put(0)
            async for result in pool.send_all(messages()):
                found.append(bool(result))
                await more.put(len(found))
        return found

    with TcpServer() as server:
        assert asyncio.run(use(server.port)) == [True] * 5
    assert sorted(server.texts) == [f"mail {n}" for n in range(5)]
