"""Telegram over HTTP: transport, errors, the gate and its pace."""
