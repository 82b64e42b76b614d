"""The port the web side is reached by."""

from __future__ import annotations

import socket

BACKLOG = 128
"""So many are taken at once before anybody counts them: the descriptors for them have to be there."""


class ListenRefused(Exception):
    """The port cannot be had; says which and why."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        super().__init__(f"Cannot listen on {host}:{port}: {error.strerror or error}. PASSALONG_LISTEN names another.")


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        ListenRefused: the port is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sends at once only if told TCP
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ListenRefused(host, port, error) from error
    return listener
