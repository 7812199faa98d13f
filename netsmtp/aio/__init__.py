"""Send mail from asyncio: `Client` as in `netsmtp`, with the same options, results and exceptions.

::

    async with Client("mail.example.org", auth_user="me", auth_passwd=password) as client:
        await client.send(message)
        async for result in client.send_all(messages):
            ...
"""

from __future__ import annotations

from netsmtp.aio.client import Client as Client
from netsmtp.aio.pool import Pool as Pool

__all__ = ["Client", "Pool"]
