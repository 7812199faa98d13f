"""A decorator: a unit that imports the signature it exports, put between two others by linking.

Prints:
    quiet: hello
    loud: HELLO!
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from signatures import Signature
from units import Link, invoke, link, part, tag, unit


class IVoice(Signature):
    def say(self, text: str) -> str: ...


@unit
class Voice(IVoice):
    def say(self, text: str) -> str:
        return text


@unit
@dataclass
class Louder(IVoice):
    """Says everything louder than the voice it was linked to."""

    inner: Annotated[IVoice, tag("inner")]
    mark: str = "!"

    def say(self, text: str) -> str:
        return self.inner.say(text).upper() + self.mark


def main() -> None:
    quiet, loud = Link(IVoice, "quiet"), Link(IVoice, "loud")
    voices = link(
        part(Voice, as_=quiet),
        part(Louder, tag("inner", quiet), as_=loud),
        exports=(tag("quiet", quiet), tag("loud", loud)),
    )
    for name, voice in zip(("quiet", "loud"), invoke(voices), strict=True):
        print(f"{name}: {voice.say('hello')}")


if __name__ == "__main__":
    main()
