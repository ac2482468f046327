"""Redis for `make cluster` and the tests: Debian's package (`apt-get install redis-server`), whatever the machine's service does.

It keeps everything in memory, at most 32 MB, and drops what was not asked for longest, as docs/deployment.md has it.
"""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

from tools.processes import Child, ChildFault, Children
from tools.run import Refusal

PATIENCE = 20.0  # seconds to start


def program() -> str:
    """The server. Raises Refusal where it is missing."""
    found = shutil.which("redis-server")
    if found is None:
        raise Refusal(
            "redis-server is missing: install Debian's package (apt-get install redis-server), then try again."
        )
    return found


def address(port: int) -> str:
    """For CACHE_URL."""
    return f"redis://127.0.0.1:{port}/0"


def start(children: Children, folder: Path, port: int) -> Child:
    """Start one on this port; it answers before this returns. Raises Refusal, ChildFault."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"--bind 127.0.0.1 --port {port} --save '' --appendonly no --maxmemory 32mb --maxmemory-policy allkeys-lru"
    words = [word.replace("''", "") for word in options.split()]
    child = children.start("redis", [program(), *words, "--dir", str(folder)])
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        children.look()
        if answers(port):
            return child
        time.sleep(0.05)
    raise ChildFault(f"Redis did not answer in {PATIENCE:.0f} seconds. Its last lines:\n{child.last_lines()}")  # fmt: skip


def answers(port: int) -> bool:
    """Whether a Redis says so at this port."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as line:
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False
