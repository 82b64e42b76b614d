"""Jobs go through services, whose second engine is left to `make long` likewise."""

from __future__ import annotations

from tests.services.conftest import store_url

__all__ = ["store_url"]
