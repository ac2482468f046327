"""An outbox full of messages, workers that send them, and the ledger of the provider that they speak to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2

from bench import sms_ledger

CLONE = Path(__file__).resolve().parent.parent
# One message at a time for each worker: then a kill leaves at most one in doubt.
SETTINGS = {"SEPTAM_SMS_PROVIDERS": sms_ledger.NAME, "SEPTAM_SMS_THREADS": "1"}
_FILL = """
INSERT INTO notifications_smsmessage
    (event, mobile, "values", text, sensitive, priority, state, attempts, created_at, next_try_at, valid_until,
     provider, provider_id, provider_status, error, once_key, about)
SELECT %(event)s, '0913' || lpad(n::text, 7, '0'),
    '{"amount": "6,932,400", "place": "shop", "ref": "140501060042", "date": "1405/09/06"}', 'text', FALSE,
    %(priority)s, 'queued', 0, now(), now(), now() + interval '1 day', '', '', '', '', '', ''
FROM generate_series(1, %(count)s) AS n
"""


class SmsRun:
    """One run on a database of its own; `environment` is that of the workers."""

    def __init__(self, environment: dict[str, str], folder: Path, **more: str) -> None:
        self.ledger = folder / "ledger"
        self._log = folder / "workers.log"
        self.environment = environment | SETTINGS | more | {sms_ledger.LEDGER: str(self.ledger)}
        self._connection = psycopg2.connect(environment["DATABASE_URL"])
        self._connection.autocommit = True
        self.workers: list[subprocess.Popen[bytes]] = []

    def sql(self, statement: str, values: dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        """What a statement answers."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def fill(self, count: int, event: str = "payment.receipt", priority: int = 5) -> None:
        """An outbox with nothing but `count` messages that are due, each to another number."""
        self.ledger.unlink(missing_ok=True)
        self.sql("TRUNCATE notifications_smsmessage, notifications_smsproviderstate CASCADE")
        self.sql(_FILL, {"event": event, "priority": priority, "count": count})
        self.sql("VACUUM (ANALYZE) notifications_smsmessage")

    def start(self, count: int = 1) -> None:
        """So many workers more."""
        for _number in range(count):
            with self._log.open("ab") as log:
                command = [sys.executable, "manage.py", "worker"]
                worker = subprocess.Popen(command, cwd=CLONE, env=self.environment, stdout=log, stderr=log)  # fmt: skip
            self.workers.append(worker)

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill −9."""
        self.workers.remove(worker)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        """End all workers, politely."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()
        self.workers.clear()

    def close(self) -> None:
        """End the workers and leave the database."""
        self.stop()
        self._connection.close()

    def sent(self) -> int:
        """How many calls the provider had so far."""
        return sms_ledger.lines(self.ledger)

    def states(self) -> dict[str, int]:
        """How many rows stand where."""
        return dict(self.sql("SELECT state, count(*) FROM notifications_smsmessage GROUP BY state"))  # type: ignore[arg-type]

    def wait(self, done: Callable[[], bool], seconds: float = 600, step: float = 0.05) -> None:
        """Until `done`. Raises SystemExit where that takes too long or a worker ended by itself."""
        limit = time.monotonic() + seconds
        while not done():
            ended = [worker for worker in self.workers if worker.poll() is not None]
            if ended or time.monotonic() > limit:
                tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-12:])
                raise SystemExit(f"sms run: not done: {self.states()}, {self.sent()} calls\n{tail}")
            time.sleep(step)
