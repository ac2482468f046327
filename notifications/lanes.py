"""The worker's threads that send, so that a slow provider or a long job holds nobody's code back.

The first lane looks for messages all the time. The others stay off the database until the first one leaves a
backlog or has been busy for long; each has a connection of its own.
"""

import logging
import threading
import time

from django.db import DatabaseError, close_old_connections, connection

from notifications import sending, sweeping

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
TROUBLE_PAUSE_SECONDS = 5.0
# A first lane that deals with one claim for longer is taken to be held up by its provider.
HELD_UP_SECONDS = 1.0


class Lanes:
    """`count` threads that send until they are told to stop; a lost database is waited for."""

    def __init__(self, count: int) -> None:
        self._stop = threading.Event()
        self._backlog = threading.Event()
        self._began: float | None = None
        self._threads = [
            threading.Thread(target=self._run, args=(number == 0,), name=f"sms-{number}")
            for number in range(max(1, count))
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the messages at hand and give the others back."""
        self._stop.set()
        self._backlog.set()
        for thread in self._threads:
            thread.join()

    def _run(self, is_first: bool) -> None:
        turn = self._lead if is_first else self._help
        while not self._stop.is_set():
            try:
                turn()
            except DatabaseError:
                logger.exception("the database did not answer; trying again")
                connection.close()
                self._stop.wait(TROUBLE_PAUSE_SECONDS)
            except Exception:
                # A bug met by one message must not end the sending of all others.
                logger.exception("sending failed; trying again")
                self._stop.wait(TROUBLE_PAUSE_SECONDS)
        connection.close()

    def _lead(self) -> None:
        close_old_connections()
        sweeping.sweep_now_and_then()
        self._began = time.monotonic()
        try:
            turn = sending.send_turn()
        finally:
            self._began = None
        if turn.more:
            self._backlog.set()
        elif not turn.count:
            self._stop.wait(PAUSE_SECONDS)

    def _help(self) -> None:
        self._backlog.wait(PAUSE_SECONDS)
        if self._stop.is_set() or not (self._backlog.is_set() or self._is_held_up()):
            return
        close_old_connections()
        if not sending.send_turn().count:
            self._backlog.clear()

    def _is_held_up(self) -> bool:
        began = self._began
        return began is not None and time.monotonic() - began > HELD_UP_SECONDS
