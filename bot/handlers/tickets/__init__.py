"""Asking a person of the shop, and answering."""
