"""Segments as people read them."""
