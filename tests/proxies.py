"""Small proxies on this machine that lead everybody to one place, wherever they want to go."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class LocalProxy:
    """What a test sees of it."""

    lead_to: int
    """A port of this machine."""
    login: str = ""
    """`user:password` that it wants."""
    port: int = 0
    asked_for: list[str] = field(default_factory=list)
    """`host:port` of everybody it let through."""

    async def speak_http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of an http proxy: CONNECT, or a request with a whole address in its first line."""
        head = await reader.readuntil(b"\r\n\r\n")
        method, address, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if self.login and self.login != _read_login(head):
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno")
            return
        self.asked_for.append(address if method == "CONNECT" else address.split("/")[2])
        onward = await self._open(None if method == "CONNECT" else head)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _join((reader, writer), onward)

    async def speak_socks5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a SOCKS5 proxy (RFC 1928, RFC 1929)."""
        methods = await reader.readexactly((await reader.readexactly(2))[1])
        wanted = 2 if self.login else 0
        writer.write(bytes([5, wanted if wanted in methods else 255]))
        if self.login and not await self._check_login(reader, writer):
            return
        _, _, _, kind = await reader.readexactly(4)
        size = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
        host, port = await reader.readexactly(size), int.from_bytes(await reader.readexactly(2), "big")
        name = host.decode() if kind == 3 else ".".join(map(str, host))
        self.asked_for.append(f"{name}:{port}")
        onward = await self._open(None)
        writer.write(bytes([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        await _join((reader, writer), onward)

    async def _check_login(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if len(await reader.read(1)) == 0:
            return False  # it knows no name and password, and has hung up
        user = await reader.readexactly((await reader.readexactly(1))[0])
        password = await reader.readexactly((await reader.readexactly(1))[0])
        right = f"{user.decode()}:{password.decode()}" == self.login
        writer.write(bytes([1, 0 if right else 1]))
        return right

    async def _open(self, head: bytes | None) -> Streams:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.lead_to)
        if head is not None:
            method, address, rest = head.split(b" ", 2)
            writer.write(b" ".join((method, b"/" + address.split(b"/", 3)[3], rest)))
        return reader, writer


@asynccontextmanager
async def serve_proxy(kind: str, lead_to: int, *, login: str = "") -> AsyncIterator[LocalProxy]:
    """An `http` or `socks5` proxy."""
    proxy = LocalProxy(lead_to, login)
    async with listen(proxy.speak_http if kind == "http" else proxy.speak_socks5) as proxy.port:
        yield proxy


@asynccontextmanager
async def serve_tls(lead_to: int, folder: Path, name: str) -> AsyncIterator[tuple[int, Path]]:
    """A TLS door in front of a port, with a certificate of its own for one name; yields the door's port and that file."""
    certificate, key = folder / "door.pem", folder / "door.key"
    options = f"-x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -addext subjectAltName=DNS:{name}"
    made = ["req", *options.split(), "-keyout", str(key), "-out", str(certificate)]
    making = await asyncio.create_subprocess_exec("openssl", *made, stderr=subprocess.DEVNULL)
    assert await making.wait() == 0
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _join((reader, writer), await asyncio.open_connection("127.0.0.1", lead_to))

    async with listen(speak, context) as port:
        yield port, certificate


@asynccontextmanager
async def listen(speak: Speak, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Have each connection to a port spoken to, and hang up when all is said."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await speak(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            talks.discard(task)

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def _join(one: Streams, other: Streams) -> None:
    ways = [asyncio.ensure_future(_pass_on(*way)) for way in ((one[0], other[1]), (other[0], one[1]))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        other[1].close()  # first: whoever ends the proxy just now interrupts the wait below
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


def _read_login(head: bytes) -> str:
    lines = [line for line in head.split(b"\r\n") if line.lower().startswith(b"proxy-authorization: basic ")]
    return b64decode(lines[0].split(b" ")[-1]).decode() if lines else ""
