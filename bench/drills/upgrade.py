"""`make drill-upgrade`: a database that an earlier commit made and that is full is migrated to this commit.

python -m bench.drills.upgrade [COMMIT [PLACES]]

The earlier commit's own code makes the tables, the reference data and the demo's people; the large tables are then filled
by SQL. Meanwhile others read and write, and what keeps them waiting for longer than LONGEST is called by its migration.
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from io import BytesIO
from pathlib import Path

from bench.drills import report
from bench.drills.locks import STRONG
from bench.stack import empty_database
from tools.postgres_binaries import plain_environment
from tools.postgres_cluster import ROLE, Cluster

NAME, DATABASE = "drill upgrade", "drill_upgrade"
# The last commit before prices became a table: everything that came later is applied to full tables.
COMMIT, PLACES = "be66abf", 60_000
# Seconds that an owner's click may wait for a migration.
LONGEST = 1.0
COLUMNS = ("migration", "took", "locks on tables with rows", "longest wait of others", "verdict")


def unpack(commit: str, folder: Path) -> None:
    """The files of an earlier commit. Raises SystemExit where this clone does not know it."""
    done = subprocess.run(["git", "archive", commit], cwd=report.CLONE, capture_output=True)
    if done.returncode:
        raise SystemExit(
            f"drill: this clone has no commit {commit}; name another one, or fetch its history"
        )
    with tarfile.open(fileobj=BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What it prints. Raises SystemExit with its last lines."""
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"drill: {' '.join(command)}: {done.stderr.strip()[-1500:]}")
    return done.stdout


def rows(found: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """The migrations that took or kept others for a while; those of a few hundredths are counted together."""
    told: list[tuple[object, ...]] = []
    quick = 0
    for one in found:
        held = sorted(one["held"], key=lambda lock: -lock[2])  # type: ignore[call-overload]
        if not held:
            quick += 1
            continue
        words = "; ".join(
            f"{table}: {STRONG[mode]} for {took:.2f} s" for table, mode, took in held[:2]
        )
        verdict = "LONG" if float(str(one["waited"])) > LONGEST else "holds"
        waited = f"{one['waited']} s ({one['waited_for']})" if one["waited"] else "–"
        told.append((f"`{one['name']}`", f"{one['seconds']} s", words or "–", waited, verdict))
    return [*told, (f"{quick} others", "", "none on a table with rows", "–", "holds")]


def schema() -> list[str]:
    """Each line of the database's definition, in an order that does not depend on the way it came about."""
    cluster = Cluster("bench")
    command = [cluster.binaries.command("pg_dump"), "-s", "-h", str(cluster.sockets), "-U", ROLE, DATABASE]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, env=plain_environment())
    if done.returncode:
        raise SystemExit(f"drill: pg_dump: {done.stderr.strip()[-600:]}")
    lines = (line.strip().rstrip(",") for line in done.stdout.splitlines())
    # pg_dump draws a new word for these two in each run.
    kept = (line for line in lines if not line.startswith(("\\restrict", "\\unrestrict")))
    # A column that was made unique has the constraint's name from Postgres, one that became so later from Django.
    return sorted(re.sub(r"_(key|[0-9a-f]{8}_uniq)\b", "_uniq", line) for line in kept)


def applied(environment: dict[str, str]) -> list[str]:
    """The migrations that the database knows, as APP.NAME."""
    shown = run(["manage.py", "showmigrations", "--plan"], report.CLONE, environment)
    return [line.split()[-1] for line in shown.splitlines() if line.startswith("[X]")]


def back_again(kept: list[str], before: list[str], environment: dict[str, str]) -> tuple[str, bool]:
    """Walk back to the earlier version on the same filled database; words, and whether its definition is the old one."""
    began = time.monotonic()
    walked = json.loads(run(["-m", "bench.drills.backwards", *kept], report.CLONE, environment))
    seconds, after = time.monotonic() - began, schema()
    differing = sorted(set(before) ^ set(after))
    told = "the definition of every table is again as it was" if not differing else f"{len(differing)} lines differ: {differing[:6]}"  # fmt: skip
    return f"Backwards: {walked['walked']} migrations in {seconds:.0f} s, {told}.", not differing


def main(commit: str, places: int) -> int:
    """1 where somebody waited too long, or the way back leads elsewhere."""
    with (
        tempfile.TemporaryDirectory(prefix="septam-drill-") as name,
        empty_database(DATABASE) as environment,
    ):
        old = Path(name)
        unpack(commit, old)
        for words in ("migrate", "setup_reference", "setup_roles", "setup_demo"):
            run(["manage.py", words, "-v", "0"], old, environment)
        before = run(["-m", "bench.drills.fill", str(places)], report.CLONE, environment).strip()
        print(f"filled under {commit}: {before}", flush=True)
        kept, definition = applied(environment), schema()
        began = time.monotonic()
        found = json.loads(run(["-m", "bench.drills.migrate"], report.CLONE, environment))
        seconds = time.monotonic() - began
        # `migrate` once more: it makes the permissions of new tables, which belong to no migration.
        for words in (
            ["migrate"],
            ["migrate", "--check"],
            ["setup_reference"],
            ["setup_roles"],
            ["check"],
        ):
            run(["manage.py", *words], report.CLONE, environment)
        backwards, goes_back = back_again(kept, definition, environment)
    longest = max((float(one["waited"]) for one in found), default=0.0)
    text = (
        f"From commit {commit}, {before}: {len(found)} migrations in {seconds:.0f} s, the longest wait of a writer for a lock"
        f" {longest:.2f} s (bound {LONGEST:.0f} s). Afterwards `migrate --check`, `setup_reference`, `setup_roles` and `check`"
        f" are clean. {backwards}\n\n{report.table(COLUMNS, rows(found))}"
    )
    report.keep(NAME, text)
    print(text)
    return 0 if longest <= LONGEST and goes_back else 1


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(given[0] if given else COMMIT, int(given[1]) if len(given) > 1 else PLACES))
