"""Handles on the demonstration of this clone.

python3 tools/demo.py reset                  empties it; refuses while it runs
python3 tools/demo.py clock "1402/12/25 10:30"   moves the clock of portal, bank and SMS provider; «now» brings it back
    python3 tools/demo.py manage demo_code lab       runs a management command on the running demonstration
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import os

from tools.environment import PYTHON, EnvironmentFault
from tools.postgres import Cluster, PostgresError, Use
from tools.run import CLONE, RUN, STATE, Addresses, Refusal, alone, demo_environment, set_clock

EMPTIED = ("bank", "sms", "media", "stamps")


def reset() -> None:
    """Removes the demo's database, files and the simulators' memory. Raises Refusal, PostgresError."""
    if os.environ.get("DATABASE_URL"):
        raise Refusal(
            "DATABASE_URL is set: empty that database yourself, «make reset» does not touch it."
        )
    with alone():
        cluster = Cluster("demo")
        Use(cluster).stop()
        shutil.rmtree(cluster.data, ignore_errors=True)
        for name in EMPTIED:
            shutil.rmtree(RUN / name, ignore_errors=True)
    print("The demonstration is empty; «make run» fills it anew.")


def running() -> tuple[Addresses, dict[str, str]]:
    """Addresses and environment of what runs from this folder. Raises Refusal if nothing does."""
    try:
        state = json.loads(STATE.read_text())
    except (OSError, ValueError):
        raise Refusal("Nothing runs from this folder: start it with «make run» first.") from None
    addresses = Addresses(state["port"])
    return addresses, demo_environment(addresses, state["database_url"])


def clock(moment: str) -> None:
    """Moves the running demonstration's clock. Raises Refusal if nothing runs or the moment cannot be read."""
    addresses, variables = running()
    said = _manage(variables, "clock", moment)  # its last word is the offset in seconds
    offset = int(said.split()[-1])
    for url in (f"http://127.0.0.1:{addresses.port + 1}", addresses.sms):
        try:
            set_clock(url, offset)
        except OSError as error:
            raise Refusal(f"The simulator at {url} does not take the time: {error}") from None
    print(
        f"The clock stands {offset} seconds from the machine's, in portal, bank and SMS provider."
        if offset
        else "The clock is the machine's again."
    )


def _manage(variables: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [str(PYTHON), "manage.py", *arguments],
        cwd=CLONE,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["the clock cannot be moved"])[-1]
        raise Refusal(last.removeprefix("CommandError: "))
    return done.stdout.strip()


def main() -> int:
    verb, arguments = (sys.argv[1:2] or [""])[0], [one for one in sys.argv[2:] if one.strip()]
    try:
        if verb == "reset" and not arguments:
            reset()
        elif verb == "manage" and arguments:
            print(_manage(running()[1], *arguments))
        elif verb == "clock" and arguments:
            clock(" ".join(arguments))
        else:
            raise Refusal(
                "Say what the time shall be, for example: make clock AT=1402/12/25   (AT=now: real time)"
            )
    except (Refusal, PostgresError, EnvironmentFault, OSError) as fault:
        print(f"Septam: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
