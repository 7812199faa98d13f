"""Units in FastAPI and Starlette: one compound lives as long as the application, others for a request.

::

    units = ApplicationUnits(link(Settings, Database, exports=IDatabase))
    work = units.per_request(link(Transaction, Work, imports=IDatabase, exports=IWork))

    app = FastAPI(lifespan=units.lifespan)


    @app.get("/orders")
    async def orders(work: Annotated[IWork, Depends(work)]): ...

Nothing is looked up while a request is served: that the application has what a request's compound
imports is checked where the two are put together.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

from starlette.requests import HTTPConnection

from signatures._declare import as_signature
from units._errors import LinkError, Problem
from units._invoke import unit_to_invoke
from units._lifetimes import arunning
from units._near import nearest_signature
from units._specs import Import, covers
from units._unit import Unit

__all__ = ["ApplicationUnits"]

T = TypeVar("T")


class ApplicationUnits:
    """The compound *u*, invoked when the application starts and cleaned up when it stops.

    Each start is a fresh invocation; several applications may share the value.
    """

    def __init__(self, u: Callable[..., Any]) -> None:
        self._unit = unit_to_invoke(u)
        self._key = f"units.{id(self):x}"

    def __repr__(self) -> str:
        return f"<ApplicationUnits: {self._unit.name}>"

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncGenerator[Mapping[str, Any], None]:
        """Run the compound while the application runs: ``FastAPI(lifespan=units.lifespan)``.

        Another lifespan may enter this one, and yield what it gets together with its own state.
        """
        async with arunning(self._unit) as made:
            yield {self._key: (made,) if self._unit.single else tuple(made)}

    def shared(self, signature: Callable[..., T]) -> Callable[[HTTPConnection], T]:
        """Return a dependency: the application's component of *signature*.

        Raises `LinkError` if the compound does not export it.
        """
        (place,) = self._places("shared", (Import(as_signature(signature)),), "")

        async def component(connection: HTTPConnection) -> Any:
            return self._components(connection)[place]

        dependency: Any = component
        return dependency  # type: ignore[no-any-return]

    def per_request(self, u: Callable[..., T]) -> Callable[[HTTPConnection], AsyncIterator[T]]:
        """Return a dependency: the components of *u*, invoked for each request and then cleaned up.

        *u* imports from the application's compound. What the request raises is thrown in where a
        body yields, before the answer is sent.

        Raises `LinkError` with every import of *u* that the application does not export.
        """
        running = self._for_requests(u)

        async def components(connection: HTTPConnection) -> AsyncGenerator[T, None]:
            async with running(connection) as made:
                yield made

        return components

    def running(
        self, u: Callable[..., T]
    ) -> Callable[[HTTPConnection], AbstractAsyncContextManager[T]]:
        """Return what `per_request` does for Starlette: ``async with running(request) as component``.

        Raises `LinkError` as `per_request` does.
        """
        return self._for_requests(u)

    def _for_requests(
        self, u: Callable[..., T]
    ) -> Callable[[HTTPConnection], AbstractAsyncContextManager[T]]:
        found: Unit[..., Any] = unit_to_invoke(u)
        places = self._places(found.name, found.imports, found.location)

        def running(connection: HTTPConnection) -> AbstractAsyncContextManager[T]:
            components = self._components(connection)
            return arunning(found, *[components[place] for place in places])

        return running

    def _components(self, connection: HTTPConnection) -> tuple[Any, ...]:
        """Return the application's components. Raises `RuntimeError` if it does not run."""
        state: Mapping[str, Any] = connection.scope.get("state", {})
        if self._key not in state:
            raise RuntimeError(
                "the application's units are not running\n"
                f"  unit: {self._unit.name} ({self._unit.location})\n"
                "  hint: FastAPI(lifespan=units.lifespan), and in a test: with TestClient(app)"
            )
        components: tuple[Any, ...] = state[self._key]
        return components

    def _places(self, name: str, imports: tuple[Import, ...], at: str) -> list[int]:
        """Return which of the application's exports supply *imports*, in order.

        Of several the one with the import's tag is taken. Optional ones may have none.
        """
        places: list[int] = []
        problems: list[Problem] = []
        exports = self._unit.exports
        for wanted in imports:
            fitting = [n for n, e in enumerate(exports) if covers(e.signature, wanted.signature)]
            tagged = [n for n in fitting if exports[n].tag == wanted.tag]
            chosen = fitting if len(fitting) == 1 else tagged
            if len(chosen) == 1:
                places += chosen
            elif chosen or fitting or not wanted.optional:
                near = nearest_signature(wanted.signature, [each.signature for each in exports])
                alike = [str(each) for each in exports if each.signature is near]
                fields: dict[str, object] = {"import": str(wanted), "of": name, "at": at or None}
                fields["application"] = f"{self._unit.name} ({self._unit.location})"
                fields["it exports"] = ", ".join(map(str, exports)) or "nothing"
                fields["did you mean"] = None if fitting else ", ".join(alike)
                several = "more than one export of the application satisfies an import"
                none = "the application does not export what a request imports"
                problems.append(Problem(several if fitting else none, fields))
        if problems:
            raise LinkError(problems)
        return places
