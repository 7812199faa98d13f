"""Take a call of `ISmtp` as a value, so that a unit can pass it on, again, elsewhere or changed.

The parameters of the two procedures are written out here once; what is built on this sees a `Call`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from netsmtp.core.events import Observer
from netsmtp.core.secret import Secret
from netsmtp.options import Options
from netsmtp.parameters import Parameter
from netsmtp.smtp import Address, Addressee, Connect, Encode, Line, concealed, tcp_connect
from netsmtp.smtp_sig import ISmtp


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the procedure *member* of `ISmtp`, with *arguments* by name; passwords are hidden."""

    member: str
    arguments: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    def but(self, **changes: Any) -> Call:
        """Return the same call with other arguments."""
        return Call(self.member, {**self.arguments, **changes})

    def through(self, smtp: Any) -> None:
        """Make the call, to *smtp*; raises what it raises."""
        getattr(smtp, self.member)(**self.arguments)


class CallingSmtp(ISmtp):
    """An `ISmtp` for which every call is a value; a subclass says what becomes of it."""

    @abstractmethod
    def _send(self, call: Call) -> None:
        """Do what *call*, of `smtp_send_message`, asks for."""

    @abstractmethod
    def _send_star(self, call: Call) -> None:
        """Do what *call*, of `smtp_send_message_star`, asks for, and close its streams."""

    def smtp_send_message(
        self,
        server: str,
        sender: Address,
        recipients: Iterable[Addressee],
        header: str | bytes,
        message_lines: Iterable[Line],
        opt_port_no: int | None = None,
        *,
        port_no: int = 25,
        auth_user: str | None = None,
        auth_passwd: str | Secret | None = None,
        tcp_connect: Connect = tcp_connect,
        tls_encode: Encode | None = None,
        xoauth2: bool = False,
        options: Options | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Send one message to *recipients* through *server*."""
        auth_passwd = concealed(auth_passwd)
        self._send(Call("smtp_send_message", _given(locals())))

    def smtp_send_message_star(
        self,
        r: BinaryIO,
        w: BinaryIO,
        sender: Address,
        recipients: Iterable[Addressee],
        header: str | bytes,
        message_lines: Iterable[Line],
        auth_user: str | None,
        auth_passwd: str | Secret | None,
        tls_encode: Encode | None,
        *,
        xoauth2: bool = False,
        options: Options | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Send one message over the open connection *r*, *w*, which is closed at the end."""
        auth_passwd = concealed(auth_passwd)
        self._send_star(Call("smtp_send_message_star", _given(locals())))


class PassingSmtp(CallingSmtp):
    """An `ISmtp` that stands before *inner*, and has its parameters.

    A subclass says in `_send` how a message is passed on. An open connection can be used only once,
    so a call with one is passed on as it is.
    """

    def __init__(self, inner: ISmtp) -> None:
        self.inner = inner

    def __repr__(self) -> str:
        return f"<{type(self).__name__} before {self.inner!r}>"

    @property
    def smtp_sending_server(self) -> Parameter[str]:
        return self.inner.smtp_sending_server

    @property
    def smtp_sending_end_of_message(self) -> Parameter[Callable[[], object]]:
        return self.inner.smtp_sending_end_of_message

    def _send_star(self, call: Call) -> None:
        self.pass_on(call, self.inner)

    def pass_on(self, call: Call, to: ISmtp) -> None:
        """Make *call* to *to*, whose parameters have the values of this one's.

        Raises `RuntimeError` if *to* is this one: linked with nothing else, it supplied itself.
        """
        if getattr(to.smtp_send_message, "__self__", None) is self:
            raise RuntimeError(
                f"{type(self).__name__} would pass the message on to itself\n"
                "  hint: link it with another ISmtp: part(unit, tag(..., a_link), as_=another_link)"
            )
        with (
            _same(self.smtp_sending_server, to.smtp_sending_server),
            _same(self.smtp_sending_end_of_message, to.smtp_sending_end_of_message),
        ):
            call.through(to)


def _same(ours: Parameter[Any], theirs: Parameter[Any]) -> AbstractContextManager[None]:
    """Give *theirs* the value of *ours*, unless they are one."""
    return nullcontext() if ours is theirs else theirs.parameterize(ours())


def _given(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return a procedure's arguments from the *names* that are local to it."""
    return {name: value for name, value in names.items() if name not in ("self", "__class__")}
