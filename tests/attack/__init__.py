"""Attacks on the running program; `make attack` runs them in full."""
