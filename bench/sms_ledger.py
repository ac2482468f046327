"""A provider of SMS that takes everything at once and writes a line for each call, to be read from outside.

The lines outlive the worker that wrote them: what a killed worker had handed over is known from here and nowhere
else. SEPTAM_BENCH_LEDGER names the file, SEPTAM_BENCH_SMS_MS how long a call takes.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from notifications.providers.base import (
    Credit,
    CreditUnit,
    Delivery,
    OutgoingSms,
    UnknownOutcomeError,
)

NAME = "bench.sms_ledger.LedgerSms"
LEDGER, MILLISECONDS = "SEPTAM_BENCH_LEDGER", "SEPTAM_BENCH_SMS_MS"
LINE = "{id:012d} {at:020d} {pid:08d}\n"
LINE_BYTES = len(LINE.format(id=0, at=0, pid=0))


@dataclass(frozen=True)
class Call:
    """A message in the provider's hands: which, when (seconds since 1970), and from which process."""

    id: int
    at: float
    pid: int


class LedgerSms:
    """Repeats safely by the line only, as Kavenegar does, and cannot be asked: the hardest case for the outbox."""

    name = NAME
    most_ids = 500

    def __init__(self) -> None:
        self._file = os.open(os.environ[LEDGER], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._seconds = int(os.environ.get(MILLISECONDS, "0")) / 1000

    def send(self, message: OutgoingSms) -> str:
        """The line in the ledger is the moment at which the provider has the message."""
        line = LINE.format(id=message.local_id, at=time.time_ns(), pid=os.getpid())
        os.write(self._file, line.encode())
        if self._seconds:
            time.sleep(self._seconds)
        return str(message.local_id)

    def repeats_safely(self, *, by_template: bool) -> bool:
        """By the line only."""
        return not by_template

    def sent_as(self, local_id: int) -> str:
        """Raises UnknownOutcomeError, so that whatever is in doubt is called for again."""
        raise UnknownOutcomeError("cannot tell")

    def deliveries(self, provider_ids: Sequence[str]) -> dict[str, Delivery]:
        """All still on their way."""
        return dict.fromkeys(provider_ids, Delivery.PENDING)

    def credit(self) -> Credit:
        """Plenty."""
        return Credit(1_000_000_000, CreditUnit.RIAL)


def lines(path: Path) -> int:
    """How many calls were made so far."""
    return path.stat().st_size // LINE_BYTES if path.exists() else 0


def calls(path: Path) -> list[Call]:
    """Each call, in order."""
    found = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return [Call(int(id), int(at) / 1e9, int(pid)) for id, at, pid in found]


def last_caller(path: Path) -> int:
    """The process that called last."""
    with path.open("rb") as file:
        file.seek(-LINE_BYTES, os.SEEK_END)
        return int(file.read().split()[2])
