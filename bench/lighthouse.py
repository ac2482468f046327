"""What Lighthouse says of five pages, where it is installed. It is a program of Node and no package of the portal's.

npm install --prefix .run/lighthouse --save-exact lighthouse@12.2.3
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.stack import CLONE
from bench.table import Row

HERE = CLONE / ".run" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
KINDS = ("performance", "accessibility", "best-practices")
# Address and whether it is an owner's.
PAGES = (
    ("/", False),
    ("/register/", False),
    ("/check/", False),
    ("/places/", True),
    ("/cart/", True),
)
FLAGS = "--no-sandbox --headless=new --disable-gpu --disable-quic --no-first-run"


def rows(url: str, trust: str, session: str) -> tuple[list[Row], list[str]]:
    """A row a page, for a phone; nothing but a note where Lighthouse or Chromium is missing."""
    program = str(HERE) if HERE.exists() else shutil.which("lighthouse")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None or chromium is None:
        return [], [f"Lighthouse was left out: it is not installed (`{__doc__.strip().splitlines()[-1].strip()}`)."]  # fmt: skip
    found, notes = [], []
    for path, owned in PAGES:
        report = _report(
            [program, url + path, f"--chrome-flags={FLAGS} {trust}"],
            chromium,
            session if owned else "",
        )
        scores = [round(100 * (report["categories"][kind]["score"] or 0)) for kind in KINDS]
        found.append(Row(f"Lighthouse for a phone, {path}", "100, 100, 100", ", ".join(map(str, scores)), scores == [100] * 3))  # fmt: skip
        notes += [f"- Lighthouse on {path}: {what}" for what in _missed(report)]
    return found, notes


def _report(program: list[str], chromium: str, session: str) -> dict:  # type: ignore[type-arg]
    """Its JSON. Raises SystemExit when it fails twice: it is known to lose its browser now and then."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        more = ["--quiet", "--output=json", f"--output-path={out}", f"--only-categories={','.join(KINDS)}"]  # fmt: skip
        command = [*program, *more]
        if session:
            command.append(f"--extra-headers={json.dumps({'Cookie': f'sessionid={session}'})}")
        for _try in range(2):
            done = subprocess.run(command, env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, text=True)  # fmt: skip
            if out.exists():
                report: dict = json.loads(out.read_text())  # type: ignore[type-arg]
                return report
    raise SystemExit(f"bench: Lighthouse fails: {program[1]}\n{done.stderr[-2000:]}")


def _missed(report: dict) -> list[str]:  # type: ignore[type-arg]
    """The audits that cost points."""
    weighed = [
        one["id"]
        for kind in KINDS
        for one in report["categories"][kind]["auditRefs"]
        if one["weight"]
    ]
    audits = (report["audits"][name] for name in weighed)
    return [f"{one['title']} ({one.get('displayValue', one['score'])})" for one in audits if one["score"] is not None and one["score"] < 0.9]  # fmt: skip
