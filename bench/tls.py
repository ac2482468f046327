"""The portal once more, over TLS and HTTP/2 as browsers meet it in production behind a front end."""

import base64
import contextlib
import hashlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.stack import GRANIAN, Stack

_CERTIFICATE = (
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=127.0.0.1",
)


@contextlib.contextmanager
def serving(stack: Stack) -> Iterator[tuple[str, str]]:
    """Its address, and the flag by which Chromium trusts its certificate. Raises LookupError without openssl.

    A certificate that is only overlooked (`ignore_https_errors`) would keep Chromium from caching anything.
    """
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key.pem", Path(folder) / "certificate.pem"
        try:
            subprocess.run(["openssl", *_CERTIFICATE, "-keyout", key, "-out", certificate], check=True, capture_output=True)  # fmt: skip
        except FileNotFoundError:
            raise LookupError("openssl is not installed") from None
        port = _free_port()
        command = [
            sys.executable, "-m", "granian", *GRANIAN, "--port", str(port), "--ssl-certificate", str(certificate),
            "--ssl-keyfile", str(key), "septam.wsgi:application",
        ]  # fmt: skip
        child = stack.children.start("web-tls", command)
        try:
            _wait(port)
            yield (
                f"https://127.0.0.1:{port}",
                f"--ignore-certificate-errors-spki-list={_key_digest(key)}",
            )
        finally:
            child.process.terminate()
            child.process.wait()
            stack.children.running.remove(child)


def _key_digest(key: Path) -> str:
    command = ["openssl", "pkey", "-in", key, "-pubout", "-outform", "der"]
    public = subprocess.run(command, check=True, capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    for _try in range(300):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=0.2),
        ):
            return
        time.sleep(0.2)
    raise SystemExit("bench: the portal does not answer over TLS")
