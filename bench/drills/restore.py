"""`make drill-restore`: a dump taken while people buy is restored into an empty database and looked through.

What must hold: nobody is disturbed by the dump; migrations and checks are clean; every payment that the restored
books call settled was taken by the bank once and for that sum; orders, services and receipts agree; no invoice's
number is missing; what the bank took after the dump is listed, for that is what an operator must look up.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bench.clients import Browser, at_once
from bench.drills import report
from bench.purchase import Buyer
from bench.stack import CLONE, PORTAL, Stack, running
from tools.postgres_binaries import plain_environment
from tools.postgres_cluster import ROLE

BUYERS, BEFORE, DURING = 8, 2, 4
RESTORED = "drill_restored"
NAME = "drill restore"


@dataclass(frozen=True)
class Dump:
    """The file, how long it took, and how many orders were bought meanwhile."""

    path: Path
    seconds: float
    orders: int


def client(stack: Stack, program: str, *words: str) -> float:
    """Run pg_dump or pg_restore; the seconds it took. Raises SystemExit with its last line."""
    place = ["-h", str(stack.cluster.sockets), "-U", ROLE]
    command = [stack.cluster.binaries.command(program), *place, *words]
    if not Path(command[0]).exists():
        raise SystemExit(
            f"drill: there is no {program} beside this Postgres; install its client programs"
        )
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, env=plain_environment())
    if done.returncode:
        raise SystemExit(f"drill: {program}: {done.stderr.strip()[-600:]}")
    return time.monotonic() - began


def make_buyers(stack: Stack) -> list[Buyer]:
    """Owners with places enough for the whole drill."""
    seeds = stack.run("bench.seed", str(BUYERS), str(BEFORE + DURING + 1))
    return [
        Buyer(Browser(stack.url, one["session"]), Browser(stack.bank_url), one["places"])
        for one in seeds
    ]


def buy(buyers: list[Buyer], times: int) -> list[str]:
    """All of them at once; what failed."""

    def one(buyer: Buyer) -> None:
        for _time in range(times):
            buyer.buy()

    return at_once(one, buyers)


def bought(buyers: list[Buyer]) -> int:
    """How many orders were paid."""
    return sum(len(buyer.orders) for buyer in buyers)


def dump_under_way(stack: Stack, buyers: list[Buyer], folder: Path) -> tuple[Dump, list[str]]:
    """Dump while everybody buys."""
    failed: list[str] = []
    crowd = threading.Thread(target=lambda: failed.extend(buy(buyers, DURING)))
    before = bought(buyers)
    crowd.start()
    while bought(buyers) < before + BUYERS and crowd.is_alive():
        time.sleep(0.02)
    at_begin = bought(buyers)
    path = folder / "septam.dump"
    seconds = client(stack, "pg_dump", "-Fc", "-f", str(path), PORTAL)
    meanwhile = bought(buyers) - at_begin
    crowd.join()
    return Dump(path, seconds, meanwhile), failed


def manage(stack: Stack, *words: str) -> str:
    """A command on the restored database: «clean», or its last line."""
    environment = restored_environment(stack)
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=CLONE, env=environment, capture_output=True, text=True)
    return "clean" if done.returncode == 0 else (done.stderr.strip() or "fails")[-200:]


def restored_environment(stack: Stack) -> dict[str, str]:
    """The portal's settings with the restored database."""
    url = stack.environment["DATABASE_URL"].replace(f"/{PORTAL}?", f"/{RESTORED}?")
    return stack.environment | {"DATABASE_URL": url}


def restore(stack: Stack, dump: Dump) -> float:
    """Into an empty database; seconds."""
    stack.cluster.sql(f"DROP DATABASE IF EXISTS {RESTORED} WITH (FORCE)")
    stack.cluster.sql(f"CREATE DATABASE {RESTORED}")
    return client(
        stack, "pg_restore", "--exit-on-error", "--no-owner", "-d", RESTORED, str(dump.path)
    )


def rows(stack: Stack, buyers: list[Buyer], folder: Path) -> list[tuple[str, str, bool]]:
    """The whole drill: what, figure, whether it holds."""
    failed = buy(buyers, BEFORE)
    ledger = folder / "ledger.json"
    save_ledger(stack, ledger)
    before: Any = stack.run("bench.drills.books", str(ledger))
    dump, more = dump_under_way(stack, buyers, folder)
    failed += more
    save_ledger(stack, ledger)
    after: Any = stack.run("bench.drills.books", str(ledger))
    seconds = restore(stack, dump)
    found: Any = stack.run(
        "bench.drills.books", str(ledger), environment=restored_environment(stack)
    )
    size = dump.path.stat().st_size / 1024**2
    least, most = before["counts"], after["counts"]
    between = all(least[name] <= found["counts"][name] <= most[name] for name in least)
    settled = f"{before['settled']} ≤ {found['settled']} ≤ {after['settled']}"
    migrations, checks = manage(stack, "migrate", "--check"), manage(stack, "check")
    told = "; ".join(found["wrong"][:3]) or "none"
    return [
        ("purchases that failed, before, during and after the dump", f"{len(failed)} of {bought(buyers)}", not failed),
        ("the dump, with purchases meanwhile", f"{dump.seconds:.1f} s, {size:.1f} MB, {dump.orders} purchases", dump.orders > 0),
        ("restored into an empty database", f"{seconds:.1f} s", True),
        ("`migrate --check`", migrations, migrations == "clean"),
        ("`check`", checks, checks == "clean"),
        (f"rows of {len(least)} tables lie between those before and after the dump", "all" if between else "not all", between),
        ("settled payments: before, restored, now", settled, before["settled"] <= found["settled"] <= after["settled"]),
        ("differences between the bank's ledger and the restored orders, services and receipts", told, not found["wrong"]),
        ("numbers of invoices that are missing", str(found["gaps"]), found["gaps"] == 0),
        ("sales that the bank took after the dump, to be looked up in its list", str(found["later"]), found["later"] == after["settled"] - found["settled"]),
    ]  # fmt: skip


def save_ledger(stack: Stack, path: Path) -> None:
    """The bank's own books as they are now."""
    with urlopen(f"{stack.bank_url}/_control/ledger", timeout=30) as answer:
        path.write_bytes(answer.read())
    json.loads(path.read_text())


def main() -> int:
    """1 where something does not hold."""
    with tempfile.TemporaryDirectory(prefix="septam-drill-") as folder, running() as stack:
        os.chmod(folder, 0o755)
        found = rows(stack, make_buyers(stack), Path(folder))
        stack.cluster.sql(f"DROP DATABASE IF EXISTS {RESTORED} WITH (FORCE)")
    lines = [(what, figure, "holds" if holds else "FAILS") for what, figure, holds in found]
    text = report.table(("what", "figure", "verdict"), list(lines))
    report.keep(NAME, text)
    print(text)
    return 0 if all(holds for _what, _figure, holds in found) else 1


if __name__ == "__main__":
    sys.exit(main())
