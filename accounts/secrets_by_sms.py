"""Passwords and codes made at the moment of sending."""


def register() -> None:
    """Tell the outbox who makes the secrets of sensitive messages."""
