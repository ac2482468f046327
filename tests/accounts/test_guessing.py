"""Sixty wrong guesses at one moment from two processes: no more are compared than the limit says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from accounts.captcha import challenges
from tests.accounts.guesser import THREADS, TIMES, Guess
from tests.accounts.steps import secret_of, signed_in
from tests.people import make_owner

pytestmark = pytest.mark.django_db(transaction=True)
CLONE = Path(__file__).resolve().parents[2]
ALL = 2 * THREADS * TIMES
MOBILE = "09121234567"


class Processes:
    """Two guessers on the test's database."""

    def __init__(self) -> None:
        name = connection.settings_dict["NAME"]
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        self.running = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.accounts.guesser"], cwd=CLONE, env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for _number in range(2)
        ]  # fmt: skip
        assert [self._line(one) for one in self.running] == ["ready", "ready"]

    @staticmethod
    def _line(process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        return process.stdout.readline().strip()

    def compared(self, guess: Guess) -> int:
        """Let both guess at once; how often something was compared in the two of them."""
        for process in self.running:
            assert process.stdin is not None
            process.stdin.write(json.dumps(guess._asdict()) + "\n")
            process.stdin.flush()
        return sum(int(self._line(process)) for process in self.running)

    def end(self) -> None:
        """Their input ends, and they do."""
        for process in self.running:
            process.communicate(timeout=20)


@pytest.fixture(scope="module")
def processes(django_db_setup: None) -> Iterator[Processes]:
    """Two processes for all tests here: it is their start that takes time."""
    started = Processes()
    yield started
    started.end()


@pytest.mark.parametrize("guarded, most", [(True, 5), (False, ALL)])
def test_of_sixty_parallel_wrong_passwords_five_are_compared(
    processes: Processes, guarded: bool, most: int
) -> None:
    make_owner(MOBILE)
    fields = {"account": MOBILE, "password": "99999999"}
    assert processes.compared(Guess("password", "/sign-in/", fields, {}, guarded)) == most


@pytest.mark.parametrize("guarded, most", [(True, 5), (False, ALL)])
def test_of_sixty_parallel_wrong_codes_five_are_compared_and_the_right_one_is_too_late(
    processes: Processes, client: Client, guarded: bool, most: int
) -> None:
    make_owner(MOBILE)
    client.post("/sign-in/code/", {"account": MOBILE})
    code = secret_of("login.code")
    cookies = {"sessionid": client.cookies["sessionid"].value}
    wrong = {"code": "111111" if code != "111111" else "222222"}
    guess = Guess("code", "/sign-in/code/enter/", wrong, cookies, guarded)
    assert processes.compared(guess) == most
    client.post("/sign-in/code/enter/", {"code": code})
    assert signed_in(client) is None


@pytest.mark.parametrize("guarded, most", [(True, 1), (False, ALL)])
def test_a_captchas_picture_is_compared_once_whatever_comes_in_parallel(
    processes: Processes, guarded: bool, most: int
) -> None:
    fields = {"account": MOBILE, "captcha_key": challenges.fresh_picture(), "captcha": "00000"}
    assert processes.compared(Guess("captcha", "/recover/", fields, {}, guarded)) == most
