"""PgBouncer between web servers and Postgres, as docs/deployment.md has it for many machines: by transaction.

It is Debian's package (`apt-get install pgbouncer`), run with a configuration of its own, whatever the machine's service does.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tools.processes import Children
from tools.run import Refusal

CONFIGURATION = """
[databases]
{database} = host={sockets} port={server_port} dbname={database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


def pgbouncer() -> str:
    """The program. Raises Refusal where it is missing."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if found is None:
        raise Refusal(
            "pgbouncer is missing: install Debian's package (apt-get install pgbouncer), then try again."
        )
    return found


def start(children: Children, folder: Path, url: str, port: int) -> dict[str, str]:
    """Start it before the server of this address; the settings of a web server that goes through it. Raises Refusal."""
    program, parts = pgbouncer(), urlsplit(url)
    options = parse_qs(parts.query)
    database, user = parts.path.lstrip("/"), parts.username or ""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "users.txt").write_text(f'"{user}" ""\n')
    (folder / "pgbouncer.ini").write_text(
        CONFIGURATION.format(
            database=database, sockets=options["host"][0], port=port, folder=folder,
            server_port=options.get("port", ["5432"])[0],
        )
    )  # fmt: skip
    drop: list[str] = []
    if os.geteuid() == 0:  # which it refuses to run as; whoever runs the server may use its socket
        owner = Path(options["host"][0]).owner()
        drop = ["-u", owner]
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, owner)
    children.start("pgbouncer", [program, *drop, str(folder / "pgbouncer.ini")])
    return {
        "DATABASE_URL": f"postgres://{user}@127.0.0.1:{port}/{database}?DISABLE_SERVER_SIDE_CURSORS=True",
        "SEPTAM_PREPARED_STATEMENTS": "off",
    }
