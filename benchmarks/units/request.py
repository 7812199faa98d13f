"""One request: five components made afresh, two of which clean up, over one that outlives it."""

from collections.abc import Callable, Iterator
from typing import Any

from signatures import Signature

EVENTS: list[str] = []


class IEngine(Signature):
    def url(self) -> str: ...


class IConnection(Signature):
    def execute(self, text: str) -> str: ...


class ISession(Signature):
    def query(self, text: str) -> str: ...


class IUsers(Signature):
    def find(self, name: str) -> str: ...


class IClock(Signature):
    def now(self) -> int: ...


class IHandler(Signature):
    def handle(self) -> str: ...


class Engine(IEngine):
    def url(self) -> str:
        return "memory:"


class Connection(IConnection):
    def __init__(self, engine: IEngine) -> None:
        self.engine = engine

    def execute(self, text: str) -> str:
        return self.engine.url() + text


class Session(ISession):
    def __init__(self, connection: IConnection) -> None:
        self.connection = connection

    def query(self, text: str) -> str:
        return self.connection.execute(text)


class Users(IUsers):
    def __init__(self, session: ISession) -> None:
        self.session = session

    def find(self, name: str) -> str:
        return self.session.query(name)


class Clock(IClock):
    def now(self) -> int:
        return 1


class Handler(IHandler):
    def __init__(self, users: IUsers, clock: IClock) -> None:
        self.users, self.clock = users, clock

    def handle(self) -> str:
        return self.users.find("ada") * self.clock.now()


def connection(engine: IEngine) -> Iterator[IConnection]:
    yield Connection(engine)
    EVENTS.append("connection")


def session(connection: IConnection) -> Iterator[ISession]:
    yield Session(connection)
    EVENTS.append("session")


def by_hand(engine: Any) -> Callable[[], str]:
    """Make and end the five with ``try`` and ``finally``."""

    def serve() -> str:
        first = connection(engine)
        opened = next(first)
        try:
            second = session(opened)
            try:
                return Handler(Users(next(second)), Clock()).handle()
            finally:
                next(second, None)
        finally:
            next(first, None)

    return serve


def prove(name: str, serve: Callable[[], str]) -> None:
    """Check that *serve* answers and that both cleaned up; tell of one that ends them in wrong order."""
    EVENTS.clear()
    assert serve() == "memory:ada", name
    assert sorted(EVENTS) == ["connection", "session"], (name, EVENTS)
    if EVENTS[0] == "connection":
        print(f"  {name} closes the connection before the session that needs it")
    EVENTS.clear()
