"""`make drill-image`: the image's own steps, one after the other, where no container engine is at hand.

What deploy/Containerfile copies is laid into an empty folder; its RUN lines run there with a fresh virtual environment, the
compose file's job makes the database, and its CMD and the worker are started as production with the filled-in example.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.drills import report
from bench.drills.upgrade import unpack
from bench.stack import empty_database, free_ports
from tools.production_example import filled

NAME, DOCUMENT = "drill image", report.CLONE / "docs" / "deployment.md"
IMAGE = (report.CLONE / "deploy" / "Containerfile").read_text()
COMPOSE = (report.CLONE / "deploy" / "compose.yaml").read_text()
Row = tuple[str, str, bool]
STARTS_WITHIN = 90
AS_PROXIED = {"Host": "portal.example", "X-Forwarded-Proto": "https"}


def lay_out(folder: Path) -> Path:
    """The last commit without what .containerignore leaves out, and the packages of the lock beside it."""
    program = folder / "septam"
    unpack("HEAD", program)
    for name in (program / ".containerignore").read_text().split():
        for path in program.glob(name):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    venv.create(folder / "venv", with_pip=True)
    install = ["-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements.txt"]
    python = str(folder / "venv" / "bin" / "python")
    subprocess.run([python, *install], cwd=program, check=True, capture_output=True)
    return program


def settings(folder: Path, url: str) -> dict[str, str]:
    """The production example with folders of the drill."""
    (folder / "media").mkdir()
    own = {
        "STATIC_ROOT": "static", "MEDIA_ROOT": "media", "METRICS_FOLDER": "metrics",
    }  # fmt: skip
    found = {f"SEPTAM_{name}": str(folder / value) for name, value in own.items()}
    path = f"{folder / 'venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    return filled() | found | {"DATABASE_URL": url, "PATH": path, "PYTHONUTF8": "1"}


def say(command: str, program: Path, environment: dict[str, str]) -> tuple[bool, str]:
    """Whether it ends well, and its last line."""
    done = subprocess.run(["sh", "-c", command], cwd=program, env=environment, capture_output=True, text=True)  # fmt: skip
    lines = (done.stdout + done.stderr).strip().splitlines()
    return done.returncode == 0, (lines or ["–"])[-1][-160:]


@contextmanager
def started(command: str, program: Path, environment: dict[str, str]) -> Iterator[None]:
    """A program until the context ends."""
    child = subprocess.Popen(["sh", "-c", f"exec {command}"], cwd=program, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        yield
    finally:
        child.terminate()
        child.wait()


def answer(port: int, path: str) -> tuple[int, bytes]:
    """As the proxy asks; 0 where nothing listens."""
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", path, headers=AS_PROXIED)
        reply = line.getresponse()
        return reply.status, reply.read()
    except OSError:
        return 0, b""
    finally:
        line.close()


def served(program: Path, environment: dict[str, str]) -> list[Row]:
    """Web by the image's CMD and the worker: what they answer."""
    port = free_ports()
    command = re.findall(r'CMD \["sh", "-c", "(.*)"\]', IMAGE)[0]
    check, _and, serve = command.partition(" && exec ")
    rows: list[Row] = [("its check of the settings", *reversed(say(check, program, environment)))]
    serve = serve.replace("--host 0.0.0.0 --port 8000", f"--host 127.0.0.1 --port {port}")
    with started(serve, program, environment), started("python manage.py worker", program, environment):  # fmt: skip
        began = time.monotonic()
        while answer(port, "/readyz")[0] != 200 and time.monotonic() - began < STARTS_WITHIN:
            time.sleep(0.5)
        for path in ("/healthz", "/readyz", "/", "/sign-in/"):
            status, body = answer(port, path)
            rows.append((f"GET {path}", f"{status}, {len(body):,} bytes", status == 200))
        named = re.findall(rb'href="(/static/[^"]+\.css)"', answer(port, "/")[1])
        status, body = answer(port, named[0].decode()) if named else (0, b"")
        rows.append(("the style sheet that the page names", f"{status}, {len(body):,} bytes", status == 200))  # fmt: skip
        _ended, told = say("python manage.py doctor --offline", program, environment)
        rows.append(("`doctor --offline`: it runs, and counts sample data as wrong", told, "good" in told))  # fmt: skip
    return rows


def main() -> int:
    """1 where a step does not end well."""
    with (
        tempfile.TemporaryDirectory(prefix="septam-drill-") as name,
        empty_database("drill_image") as given,
    ):
        folder = Path(name)
        program = lay_out(folder)
        environment = settings(folder, given["DATABASE_URL"])
        run = IMAGE.partition("# Catalogues and static files")[2]
        made = re.findall(r"RUN ((?:.*\\\n)*.*)", run)[0].replace("\\\n", " ")
        migrate = re.findall(r'"(python manage.py migrate .*)"\]', COMPOSE)[0]
        migrate = migrate.replace("/var/www/septam", str(folder / "pages"))
        rows = [
            ("its RUN: catalogues and static files", *reversed(say(made, program, environment)))
        ]
        rows.append(("the job `migrate`", *reversed(say(migrate, program, environment))))
        rows += served(program, environment)
    lines = [(what, figure, "holds" if holds else "FAILS") for what, figure, holds in rows]
    text = report.table(("step", "answer", "verdict"), list(lines))
    report.keep(NAME, text, DOCUMENT)
    print(text)
    return 0 if all(holds for _what, _figure, holds in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
