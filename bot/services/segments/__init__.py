"""Segments: whom among its members a shop writes to."""
