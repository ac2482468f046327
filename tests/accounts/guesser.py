"""A process that guesses: `python -m tests.accounts.guesser`, on the database of DATABASE_URL.

Each line of its input names what to guess (a JSON object, see `Guess`); it answers with how often something was
really compared, counted where the hash is computed. `guarded: false` takes the guard away, for the control.
"""

import json
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple
from unittest.mock import patch

THREADS, TIMES = 10, 3


class Guess(NamedTuple):
    """A wrong value sent again and again to one address, with these cookies."""

    what: str
    address: str
    fields: dict[str, str]
    cookies: dict[str, str]
    guarded: bool


class Counted:
    """A function that counts its calls, from whichever thread."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self.real, self.calls, self.lock = real, 0, threading.Lock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with self.lock:
            self.calls += 1
        return self.real(*args, **kwargs)


def _counting(what: str, stack: ExitStack) -> Counted:
    from django.contrib.auth import hashers

    from accounts import login_codes
    from accounts.captcha import challenges

    owner, name = {
        "password": (hashers, "constant_time_compare"),
        "code": (login_codes, "compare"),
        "captcha": (challenges, "compare"),
    }[what]
    counted = Counted(getattr(owner, name))
    stack.enter_context(patch.object(owner, name, counted))
    return counted


def _without_guard(what: str, stack: ExitStack) -> None:
    from accounts import limits, login_codes
    from accounts.captcha import challenges
    from accounts.views import signing_in
    from septam.throttle import Verdict

    def allowed(*_subject: Any) -> Verdict:
        return Verdict(True)

    looked_at = "SELECT response, expiration FROM captcha_captchastore WHERE hashkey = %s"
    guards: dict[str, list[tuple[Any, str, Any]]] = {
        "password": [(limits, "may_try", allowed)],
        "code": [(login_codes, "MOST_TRIES", 30_000), (signing_in, "hit", allowed)],
        "captcha": [(challenges, "_TAKE", looked_at)],
    }
    for owner, name, instead in guards[what]:
        stack.enter_context(patch.object(owner, name, instead))


def compared(guess: Guess) -> int:
    """How often the value was really compared, of THREADS × TIMES parallel requests."""
    with ExitStack() as stack:
        counted = _counting(guess.what, stack)
        if not guess.guarded:
            _without_guard(guess.what, stack)
        start = threading.Barrier(THREADS)
        threads = [threading.Thread(target=_guess, args=(guess, start)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return counted.calls


def _guess(guess: Guess, start: threading.Barrier) -> None:
    from django.db import connection
    from django.test import Client

    client = Client()
    for name, value in guess.cookies.items():
        client.cookies[name] = value
    start.wait()
    for _time in range(TIMES):
        client.post(guess.address, guess.fields)
    connection.close()


def main() -> None:
    """Set up, say so, and guess until the input ends."""
    import django
    from django.conf import settings
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    print("ready", flush=True)
    for line in sys.stdin:
        print(compared(Guess(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
