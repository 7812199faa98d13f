"""Units in FastAPI and Starlette: begun and ended with the application, or with each request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.websockets import WebSocket

from signatures import Signature
from units import InvokeError, Link, LinkError, exports, link, part, tag, unit
from units.integrations.fastapi import ApplicationUnits


class ILog(Signature):
    """Writes down what happens."""

    def write(self, line: str) -> None: ...


class IDatabase(Signature):
    """Lives as long as the application."""

    @property
    def number(self) -> int: ...


class IWork(Signature):
    """Lives as long as a request."""

    def do(self) -> str: ...


class ICount(Signature):
    """Counts requests."""

    @property
    def count(self) -> int: ...


HAPPENED: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> None:
    HAPPENED.clear()


@unit
class Log(ILog):
    def write(self, line: str) -> None:
        HAPPENED.append(line)


@unit
async def database(log: ILog) -> AsyncIterator[IDatabase]:
    log.write("connect")
    yield exports(number=7)
    log.write("disconnect")


@unit
def work(database: IDatabase, log: ILog) -> Iterator[IWork]:
    """Waits for nothing, but cleans up: the request's exception reaches it."""
    log.write("begin")
    try:
        yield exports(do=lambda: f"did {database.number}")
    except Exception as error:
        log.write(f"rollback {type(error).__name__}")
        raise
    log.write("commit")


@unit
async def count(database: IDatabase) -> AsyncIterator[ICount]:
    yield exports(count=database.number)


application = link(Log, database, exports=(IDatabase, ILog))
UNITS = ApplicationUnits(application)
WORK = UNITS.per_request(work)
BOTH = UNITS.per_request(link(work, count, imports=(IDatabase, ILog), exports=(IWork, ICount)))


def made_app() -> FastAPI:
    app = FastAPI(lifespan=UNITS.lifespan)

    @app.get("/async")
    async def read(work: Annotated[IWork, Depends(WORK)]) -> str:
        HAPPENED.append("handle")
        return work.do()

    @app.get("/sync")
    def read_sync(work: Annotated[IWork, Depends(WORK)]) -> str:
        return work.do()

    @app.get("/both")
    def both(components: Annotated[tuple[IWork, ICount], Depends(BOTH)]) -> str:
        work, count = components
        return f"{work.do()} of {count.count}"

    @app.get("/shared")
    def shared(database: Annotated[IDatabase, Depends(UNITS.shared(IDatabase))]) -> int:
        return database.number

    @app.get("/refused")
    async def refused(work: Annotated[IWork, Depends(WORK)]) -> None:
        raise HTTPException(418)

    @app.get("/broken")
    async def broken(work: Annotated[IWork, Depends(WORK)]) -> None:
        raise LookupError("broken")

    @app.websocket("/socket")
    async def socket(socket: WebSocket, work: Annotated[IWork, Depends(WORK)]) -> None:
        await socket.accept()
        await socket.send_text(work.do())
        await socket.close()

    return app


def test_one_lives_as_long_as_the_application_and_one_as_long_as_a_request() -> None:
    """The first is shared; the other begins and ends around each request."""
    with TestClient(made_app()) as client:
        assert client.get("/async").json() == "did 7"
        assert client.get("/sync").json() == "did 7"
        assert client.get("/shared").json() == 7
        assert client.get("/both").json() == "did 7 of 7"
    request = ["begin", "commit"]
    assert ["connect", "begin", "handle", "commit", *request * 2, "disconnect"] == HAPPENED


def test_what_a_request_raises_is_thrown_in() -> None:
    """So that a body can roll back; the answer is what it would be without."""
    with TestClient(made_app(), raise_server_exceptions=False) as client:
        assert client.get("/refused").status_code == 418
        assert client.get("/broken").status_code == 500
    assert HAPPENED[1:-1] == ["begin", "rollback HTTPException", "begin", "rollback LookupError"]


def test_a_websocket_is_a_request() -> None:
    """Its compound lives as long as the connection."""
    with TestClient(made_app()) as client, client.websocket_connect("/socket") as socket:
        assert socket.receive_text() == "did 7"
    assert HAPPENED == ["connect", "begin", "commit", "disconnect"]


def test_each_start_of_the_application_is_fresh() -> None:
    """And so are several applications that share the value."""
    app = made_app()
    for each in (app, app, made_app()):
        with TestClient(each) as client:
            client.get("/shared")
    assert HAPPENED == ["connect", "disconnect"] * 3


def test_other_state_of_the_application_stays() -> None:
    """A lifespan of its own enters ours."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with UNITS.lifespan(app) as state:
            yield {**state, "greeting": "hello"}

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    def read(request: Request, work: Annotated[IWork, Depends(WORK)]) -> str:
        return f"{request.state.greeting}, {work.do()}"

    with TestClient(app) as client:
        assert client.get("/").json() == "hello, did 7"


def test_starlette_runs_them_without_dependencies() -> None:
    """`running` is the same in an ``async with`` block."""
    running = UNITS.running(work)

    async def read(request: Request) -> PlainTextResponse:
        async with running(request) as component:
            return PlainTextResponse(component.do())

    with TestClient(Starlette(routes=[Route("/", read)], lifespan=UNITS.lifespan)) as client:
        assert client.get("/").text == "did 7"
    assert HAPPENED == ["connect", "begin", "commit", "disconnect"]


def test_what_the_application_lacks_is_told_when_they_are_put_together() -> None:
    """Every import at once, before the application exists; nothing has run."""
    small = ApplicationUnits(link(Log, exports=ILog))
    checks: list[Callable[[], object]] = [
        lambda: small.per_request(link(work, count, imports=(IDatabase, ILog), exports=IWork)),
        lambda: small.running(work),
        lambda: small.shared(IDatabase),
    ]
    for check in checks:
        with pytest.raises(LinkError) as caught:
            check()
        (problem,) = caught.value.problems
        assert problem.sentence == "the application does not export what a request imports"
        assert problem.fields["import"] == "IDatabase"
        assert problem.fields["it exports"] == "ILog"
    with pytest.raises(InvokeError):
        small.per_request(print)
    with pytest.raises(InvokeError):
        ApplicationUnits(print)
    assert HAPPENED == []


class IFineLog(ILog, Signature):
    def write_twice(self, line: str) -> None: ...


@unit
class FineLog(IFineLog):
    def write(self, line: str) -> None:
        HAPPENED.append(line)

    def write_twice(self, line: str) -> None:
        HAPPENED.extend([line] * 2)


@unit
def optional(log: ILog, database: IDatabase | None = None) -> IWork:
    log.write("begin")
    return exports(do=lambda: "without" if database is None else "with")


def test_imports_are_supplied_as_in_linking() -> None:
    """By what extends them, by their tag among several, and not at all where they are optional."""
    fine = ApplicationUnits(FineLog)
    running = fine.running(optional)

    async def read(request: Request) -> PlainTextResponse:
        async with running(request) as component:
            return PlainTextResponse(component.do())

    with TestClient(Starlette(routes=[Route("/", read)], lifespan=fine.lifespan)) as client:
        assert client.get("/").text == "without"


def test_of_several_exports_the_tag_decides() -> None:
    """Without one it is an error."""

    one, other = Link(ILog, "one"), Link(ILog, "other")
    logs = link(
        part(Log, as_=one), part(Log, as_=other), exports=(tag("one", one), tag("two", other))
    )

    @unit
    def tagged(log: Annotated[ILog, tag("two")]) -> IWork:
        return exports(do=lambda: "two")

    two = ApplicationUnits(logs)
    two.running(tagged)
    with pytest.raises(LinkError, match="more than one export of the application satisfies"):
        two.running(optional)


def test_an_application_that_has_not_started_is_told() -> None:
    """A test client that is no ``with`` block starts nothing."""
    client = TestClient(made_app())
    with pytest.raises(RuntimeError, match=r"units are not running\n  unit: link\(Log, database\)"):
        client.get("/async")
    assert repr(UNITS) == "<ApplicationUnits: link(Log, database)>"
