"""The worker: sends SMS and runs the periodic jobs. Any number of them, on any machines, are safe."""

import logging
import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from notifications import sending, sweeping
from notifications.lanes import Lanes
from septam import heartbeat, jobs

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
TROUBLE_PAUSE_SECONDS = 5.0


class Command(BaseCommand):
    """Works until it is told to stop; goes on by itself when the database comes back."""

    help = "Send SMS and run the periodic jobs until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--once` for tests and cron."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Turn after turn, until a signal; SMS leave by threads of their own."""
        if options["once"]:
            sweeping.sweep()
            turn()
            sending.send_due()
            return
        stop = threading.Event()

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
        lanes = Lanes(settings.SMS_THREADS)
        lanes.start()
        while not stop.is_set():
            stop.wait(_safe_turn())
        lanes.stop()


def turn() -> int:
    """One turn: a sign of life and the jobs that are due; returns how many ran."""
    heartbeat.beat("worker")
    return jobs.run_due()


def _safe_turn() -> float:
    """One turn; returns how long to pause. A lost database is waited for, not fatal."""
    try:
        close_old_connections()
        return 0.0 if turn() else PAUSE_SECONDS
    except DatabaseError:
        logger.exception("the database did not answer; trying again")
        connection.close()
        return TROUBLE_PAUSE_SECONDS
