"""Periodic jobs of this app."""


def register_jobs() -> None:
    """Tell the workers what is to be done, and how often."""
