"""The sink of sink.c for machines without a C compiler: the same options, the same counts, slower.

python -m benchmarks.smtp.sink [--no-pipelining] [--chunking] [--delay MICROSECONDS]
                               [--certificate FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import sys
import zlib

COUNTS = dict.fromkeys(("connections", "messages", "recipients", "octets", "checksum"), 0)


class Conversation(asyncio.Protocol):
    """Answer one client."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._asked = asked
        self._input = bytearray()
        self._message = bytearray()
        self._replies = bytearray()
        self._recipients = 0
        self._data = self._last = False
        self._chunk: int | None = None
        self._after: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        COUNTS["connections"] += 1
        self._reply("220 sink ESMTP")
        self._send()

    def data_received(self, data: bytes) -> None:
        self._input += data
        while self._input and self._after is None and self._step():
            pass
        self._send()

    def _step(self) -> bool:
        """Take what is complete; tell whether anything was."""
        if self._data:
            whole = bytes(self._input)
            end = 0 if whole.startswith(b".\r\n") else whole.find(b"\r\n.\r\n") + 2
            if end < 2 and not whole.startswith(b".\r\n"):
                return False
            del self._input[: end + 3]
            text = whole[:end].replace(b"\r\n..", b"\r\n.")
            self._taken(text[1:] if text.startswith(b"..") else text)
            return True
        if self._chunk is not None:
            piece = self._input[: self._chunk]
            del self._input[: len(piece)]
            self._message += piece
            self._chunk -= len(piece)
            self._end_of_chunk()
            return True
        line, end_of_line, rest = self._input.partition(b"\n")
        if end_of_line:
            self._input = rest
            self._obey(line.decode("latin-1").strip())
        return bool(end_of_line)

    def _obey(self, line: str) -> None:
        asked, verb = self._asked, line.split(" ")[0].upper()
        if verb == "RCPT":
            self._recipients += 1
            self._reply("250 2.1.5 Ok")
        elif verb == "DATA":
            self._data = True
            self._reply("354 End data with <CR><LF>.<CR><LF>")
        elif verb == "BDAT" and asked.chunking:
            self._chunk, self._last = int(line.split()[1]), line.upper().endswith("LAST")
            self._end_of_chunk()
        elif verb == "EHLO":
            extensions = ["sink", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
            extensions += ["PIPELINING"] * asked.pipelining + ["CHUNKING"] * asked.chunking
            extensions += ["STARTTLS"] * (asked.certificate is not None)
            for each in extensions:
                self._reply(f"250-{each}")
            self._reply("250 SIZE 1073741824")
        elif verb == "STARTTLS" and asked.certificate:
            self._after = verb
            self._transport.pause_reading()  # what comes next is for TLS
            self._reply("220 2.0.0 Ready to start TLS")
        elif verb == "QUIT":
            self._after = verb
            self._reply("221 2.0.0 Bye")
        elif verb in ("MAIL", "HELO", "RSET", "NOOP"):
            self._recipients = 0
            self._message.clear()
            self._reply("250 2.0.0 Ok")
        else:
            self._reply("502 5.5.2 Error: command not recognized")

    def _end_of_chunk(self) -> None:
        if self._chunk:
            return
        self._chunk = None
        if self._last:
            self._taken(bytes(self._message))
        else:
            self._reply("250 2.0.0 Ok")

    def _taken(self, text: bytes) -> None:
        COUNTS["messages"] += 1
        COUNTS["recipients"] += self._recipients
        COUNTS["octets"] += len(text)
        COUNTS["checksum"] += zlib.adler32(text)
        self._data, self._recipients = False, 0
        self._reply("250 2.0.0 Ok: queued as SINK")

    def _reply(self, line: str) -> None:
        self._replies += line.encode() + b"\r\n"

    def _send(self) -> None:
        """Write the replies to what was read at once, after the delay."""
        if not self._replies:
            return
        text, self._replies = bytes(self._replies), bytearray()
        if self._asked.delay:
            asyncio.get_running_loop().call_later(self._asked.delay / 1e6, self._write, text)
        else:
            self._write(text)

    def _write(self, text: bytes) -> None:
        self._transport.write(text)
        if self._after == "QUIT" and text.endswith(b"Bye\r\n"):
            self._transport.close()
        elif self._after == "STARTTLS" and text.endswith(b"TLS\r\n"):
            self._secured = asyncio.ensure_future(self._secure())

    async def _secure(self) -> None:
        self._transport = await asyncio.get_running_loop().start_tls(  # type: ignore[assignment]
            self._transport, self, self._asked.context, server_side=True
        )
        self._after = None
        self.data_received(b"")  # for what came before we knew


class Question(asyncio.Protocol):
    """Tell the counts, and begin new ones."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        line = " ".join(f"{name}={n}" for name, n in COUNTS.items())
        COUNTS.update(dict.fromkeys(COUNTS, 0))
        transport.write(f"{line}\n".encode())  # type: ignore[attr-defined]
        transport.close()


async def serve(asked: argparse.Namespace) -> None:
    """Serve both ports until standard input ends."""
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(lambda: Conversation(asked), "127.0.0.1", 0, backlog=4096)
    control = await loop.create_server(Question, "127.0.0.1", 0)
    print(*(server.sockets[0].getsockname()[1] for server in (mail, control)), flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.smtp.sink")
    parser.add_argument("--no-pipelining", dest="pipelining", action="store_false")
    parser.add_argument("--chunking", action="store_true")
    parser.add_argument("--delay", type=int, default=0)
    parser.add_argument("--certificate")
    asked = parser.parse_args()
    if asked.certificate:
        asked.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        asked.context.load_cert_chain(asked.certificate)
    asyncio.run(serve(asked))


if __name__ == "__main__":
    main()
