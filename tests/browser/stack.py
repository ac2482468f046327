"""The whole portal as it really runs: web server, worker and both simulators as processes of their own.

Built from the launcher's own pieces, with a database, ports and folders that belong to one test run.
"""

import json
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg2
from django_otp.oath import TOTP

from tests.migrated import fresh_database
from tools.processes import Children, web_server
from tools.run import Addresses, demo_environment

CLONE = Path(__file__).resolve().parents[2]
HANDS = "import django; django.setup(); from tests.browser import office_hands; office_hands.work()"


class Stack:
    """A running portal, and what a test asks of it from outside."""

    def __init__(self, addresses: Addresses, environment: dict[str, str], bank_url: str) -> None:
        self.url = addresses.portal
        self.bank_url = bank_url
        self.sms_url = addresses.sms
        self.environment = environment
        self._hands: subprocess.Popen[str] | None = None

    def order(self, name: str, *arguments: str) -> Any:
        """An order of office_hands.py, done at once; raises AssertionError with what went wrong."""
        if self._hands is None:
            command = [sys.executable, "-c", HANDS]
            self._hands = subprocess.Popen(
                command, cwd=CLONE, env=self.environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert self._hands.stdin is not None
        assert self._hands.stdout is not None
        self._hands.stdin.write(json.dumps([name, arguments]) + "\n")
        self._hands.stdin.flush()
        value, fault = json.loads(self._hands.stdout.readline() or '[null, "it ended"]')
        assert not fault, f"{name}{arguments}: {fault}"
        return value

    def end(self) -> None:
        """Let the process of the orders go."""
        if self._hands is not None:
            self._hands.kill()
            self._hands.wait()

    def manage(self, *words: str) -> str:
        """The output of a management command."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=CLONE, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"manage.py {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def move_clock(self, moment: str) -> None:
        """Make a Jalali moment the present everywhere."""
        self.tell_clock(self.order("move_clock", moment))

    def tell_clock(self, offset: int) -> None:
        """The simulators follow the portal's clock, which was moved so many seconds from the machine's."""
        for url in (self.bank_url, self.sms_url):
            _post(f"{url}/_control/clock", {"offset_seconds": offset})
        time.sleep(1.2)  # every process reads the offset at most once a second

    def messages(self, mobile: str) -> list[str]:
        """The SMS that a mobile got, newest first."""
        answer = json.load(
            urlopen(f"{self.sms_url}/_control/messages?receptor={mobile}", timeout=5)
        )
        return [message["message"] for message in answer["messages"]]

    def wait_for_sms(self, mobile: str, pattern: str, seconds: float = 20) -> str:
        """What the pattern's group catches in the newest SMS that fits, once the worker has sent it."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            for text in self.messages(mobile):
                if found := re.search(pattern, text):
                    return found[found.re.groups and 1]
            time.sleep(0.2)
        raise AssertionError(f"no SMS like {pattern!r} for {mobile}: {self.messages(mobile)}")

    def captcha_answer(self, key: str) -> str:
        """The digits that a person would read in the picture."""
        with (
            psycopg2.connect(self.environment["DATABASE_URL"]) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT response FROM captcha_captchastore WHERE hashkey = %s", [key])
            return str(cursor.fetchone()[0])

    def second_factor_code(self, username: str) -> str:
        """What the authenticator of a member of staff shows.

        A code is good once, for half a minute; the walks sign the same people in more often, so the device is
        made to forget which it saw last.
        """
        with (
            psycopg2.connect(self.environment["DATABASE_URL"]) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE otp_totp_totpdevice d SET last_t = -1 FROM accounts_user u"
                " WHERE u.id = d.user_id AND u.username = %s RETURNING key", [username],
            )  # fmt: skip
            (key,) = cursor.fetchone()
        totp = TOTP(bytes.fromhex(key))
        totp.time = time.time()
        return str(totp.token()).zfill(6)

    def ledger(self) -> dict[str, object]:
        """What the bank really took."""
        found: dict[str, object] = json.load(urlopen(f"{self.bank_url}/_control/ledger", timeout=5))
        return found


def _post(url: str, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    urlopen(Request(url, json.dumps(body).encode(), headers), timeout=5).close()


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """Start a portal with fresh data under `folder`; all of it ends with the context."""
    addresses = Addresses(_free_ports())
    with fresh_database("walk") as database_url:
        environment = demo_environment(addresses, database_url) | {
            "SEPTAM_STATIC_ROOT": str(folder / "static"),
            "SEPTAM_MEDIA_ROOT": str(folder / "media"),
        }
        stack = Stack(addresses, environment, f"http://127.0.0.1:{addresses.port + 1}")
        for command in ("setup_reference", "setup_roles", "setup_demo"):
            stack.manage(command)
        stack.manage("collectstatic", "--noinput")
        children = Children(folder / "log", environment, CLONE)
        try:
            _start(children, addresses, folder)
            yield stack
        finally:
            stack.end()
            children.end()


def _start(children: Children, addresses: Addresses, folder: Path) -> None:
    program, port = sys.executable, addresses.port
    for name, own_port in (("bank", port + 1), ("sms", port + 2)):
        command = [program, "-m", f"simulators.{name}", "--port", str(own_port)]
        child = children.start(name, [*command, "--data", str(folder / name)])
        children.wait_until(child, f"http://127.0.0.1:{own_port}/_control/ping")
    children.start("worker", [program, "manage.py", "worker"])
    web = children.start("web", web_server(program, port))
    children.wait_until(web, f"{addresses.portal}/healthz")


def _free_ports() -> int:
    """The first of three neighbouring free ports."""
    for _ in range(50):
        port = 20000 + secrets.randbelow(20000)
        if all(_is_free(number) for number in (port, port + 1, port + 2)):
            return port
    raise AssertionError("no three neighbouring ports are free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
