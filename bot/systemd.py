"""What is said to whoever started the process, by the protocol of sd_notify(3): lines in datagrams to a socket of its own."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping

logger = logging.getLogger(__name__)

SOCKET, WATCHDOG = "NOTIFY_SOCKET", "WATCHDOG_USEC"
"""As systemd names them in the environment of what it starts."""


class ServiceManager:
    """Whoever started the process and wants to hear how it is doing.

    Args:
        address: Of its socket: a path, or a name behind `@`.
        watchdog_seconds: So long it hears nothing before it ends the process and starts another; 0: it does not mind.
    """

    def __init__(self, address: str, watchdog_seconds: float = 0.0) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_seconds = watchdog_seconds

    def tell(self, *, status: str = "", **fields: int) -> None:
        """Say fields such as `READY=1`, and a status for people; what cannot be said is no reason to stop working."""
        lines = [f"{name}={value}" for name, value in fields.items()]
        lines += [f"STATUS={status}"] if status else []
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
                way.settimeout(0)
                way.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            logger.warning("Whoever started the process cannot be told %s: %s", ", ".join(lines), error)


def find_service_manager(environment: Mapping[str, str]) -> ServiceManager | None:
    """The one that the environment names; None where nobody wants to hear."""
    address, microseconds = environment.get(SOCKET, ""), environment.get(WATCHDOG, "")
    if not address.startswith(("/", "@")):
        return None
    return ServiceManager(address, int(microseconds) / 1_000_000 if microseconds.isdecimal() else 0.0)
