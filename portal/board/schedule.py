"""The periodic job of the office's first page."""

from datetime import timedelta

from portal.board import figures
from septam import jobs


def register_jobs() -> None:
    """Tell the workers what is to be done, and how often."""
    jobs.register("portal.keep_figures", timedelta(minutes=5), figures.keep)
