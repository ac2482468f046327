"""`make cluster`: two web servers and two workers behind nginx, on one Postgres and one Redis, by one command.

    python3 tools/cluster.py [--port 8000]

nginx at PORT, bank and SMS simulators at PORT + 1 and + 2, the web servers at PORT + 3 and + 4, Redis at PORT + 6. nginx and Redis
are Debian's packages (`apt-get install nginx redis-server`); they run with configurations of their own in .run/, whatever the
machine's services do.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools import redis_server
from tools.processes import Children, web_server
from tools.run import RUN, Addresses, Refusal, main, start_simulators

WEBS, WORKERS = 2, 2
# What behaves as deploy/nginx.conf does, without TLS: the demonstration speaks http.
CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
{user}
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 40m;
    upstream portal {{
        {servers}
        keepalive 16;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://portal;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto http;
            proxy_read_timeout 60s;
            # A request that may have been carried out is never given to the other one; nginx's own rule, said aloud.
            proxy_next_upstream error timeout;
        }}
    }}
}}
"""


def nginx() -> str:
    """The program. Raises Refusal where it is missing."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Refusal(
            "nginx is missing: install Debian's package (apt-get install nginx), then try again."
        )
    return found


def configuration(folder: Path, port: int, webs: list[int], *, as_root: bool) -> Path:
    """The file for these ports, written."""
    folder.mkdir(parents=True, exist_ok=True)
    servers = "\n        ".join(f"server 127.0.0.1:{number};" for number in webs)
    path = folder / "nginx.conf"
    user = "user root;" if as_root else ""
    path.write_text(CONFIGURATION.format(folder=folder, port=port, servers=servers, user=user))
    return path


def start_behind_nginx(
    program: str,
    children: Children,
    port: int,
    folder: Path,
    *,
    as_root: bool,
    of_webs: dict[str, str] | None = None,
) -> None:
    """Redis, workers, web servers and nginx, each web answering before this returns. Raises Refusal, ChildFault.

    `of_webs` are settings of the web servers alone.
    """
    children.environment = children.environment | {"SEPTAM_TRUSTED_PROXIES": "127.0.0.1"}
    proxy = nginx()
    redis_server.start(children, folder.parent / "redis", port + 6)
    children.environment = children.environment | {"CACHE_URL": redis_server.address(port + 6)}
    webs = [port + 3 + number for number in range(WEBS)]
    for number in range(WORKERS):
        children.start(f"worker{number + 1}", [program, "manage.py", "worker"])
    children.environment = children.environment | (of_webs or {})
    for number, own_port in enumerate(webs, 1):
        serve = web_server(program, own_port, "--log-level", "warning")
        web = children.start(f"web{number}", serve)
        children.wait_until(web, f"http://127.0.0.1:{own_port}/healthz")
    path = configuration(folder, port, webs, as_root=as_root)
    child = children.start("nginx", [proxy, "-p", str(folder), "-c", str(path)])
    children.wait_until(child, f"http://127.0.0.1:{port}/healthz")


def start(python: Path, children: Children, addresses: Addresses, offset_seconds: object) -> None:
    """What `make run` starts, twice, behind nginx."""
    start_simulators(str(python), children, addresses, offset_seconds)
    start_behind_nginx(
        str(python), children, addresses.port, RUN / "nginx", as_root=os.geteuid() == 0
    )


if __name__ == "__main__":
    sys.exit(main(start))
