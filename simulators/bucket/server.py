"""One bucket over HTTP: put, get, head, delete and list, each after a look at its signature; faults on demand.

A code that is queued as a fault is answered as S3 would: ``XMinioStorageFull`` (507), ``AccessDenied`` (403), ``SlowDown`` (503).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote
from xml.sax.saxutils import escape

from simulators.bucket.signature import refusal
from simulators.control import Control
from simulators.faults import Fault, run_with_fault
from simulators.store import Store
from simulators.web import Request, Response, RunningServer

NAME = "bucket"
SCHEMA = "CREATE TABLE IF NOT EXISTS objects (name TEXT PRIMARY KEY, kind TEXT NOT NULL, content BLOB NOT NULL);"
OPERATIONS = {
    "PUT": "نوشتن", "GET": "خواندن", "HEAD": "پرسیدن", "DELETE": "پاک کردن", "LIST": "فهرست",
}  # fmt: skip
STATUS = {
    "XMinioStorageFull": 507,
    "SlowDown": 503,
    "NoSuchKey": 404,
    "NoSuchBucket": 404,
    "InternalError": 500,
}
CODES = {"XMinioStorageFull": "پر است", "AccessDenied": "اجازه نیست", "SlowDown": "شلوغ است"}
PAGE = 1000


@dataclass(frozen=True)
class Account:
    """The bucket and who may use it."""

    bucket: str = "septam"
    key: str = "demo-bucket-key"
    secret: str = field(default="demo-bucket-secret", repr=False)


class BucketSimulator:
    """Answers requests; keeps the objects in the data folder."""

    name = NAME

    def __init__(self, folder: Path, account: Account) -> None:
        self.stopping = threading.Event()
        self._account = account
        self._store = Store(folder, SCHEMA)
        self._control = Control(NAME, self._store, OPERATIONS, codes=CODES, on_reset=self._clear)

    def handle(self, request: Request) -> Response:
        """Answer one request; raises what web.Simulator says."""
        shared = self._control.handle(request)
        if shared is not None:
            return shared
        refused = refusal(request, self._account.key, self._account.secret)
        if refused:
            return _error(refused)
        bucket, _slash, name = unquote(request.path).lstrip("/").partition("/")
        if bucket != self._account.bucket:
            return _error("NoSuchBucket")
        operation = request.method if name or request.method != "GET" else "LIST"
        fault = self._control.faults.take(operation)
        return run_with_fault(
            fault, lambda: self._perform(operation, name, request), _spoiled, self.stopping.wait
        )

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def names(self) -> list[str]:
        """What lies in the bucket."""
        with self._store.transaction() as database:
            return [
                row["name"] for row in database.execute("SELECT name FROM objects ORDER BY name")
            ]

    def _clear(self) -> None:
        with self._store.transaction() as database:
            database.execute("DELETE FROM objects")

    def _perform(self, operation: str, name: str, request: Request) -> Response:
        if operation == "LIST":
            return self._list(request)
        with self._store.transaction() as database:
            if operation == "PUT":
                kind = request.headers.get("content-type", "application/octet-stream")
                row = (name, kind, request.body)
                database.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", row)
                return Response()
            if operation == "DELETE":
                database.execute("DELETE FROM objects WHERE name = ?", [name])
                return Response(status=204)
            found = database.execute("SELECT * FROM objects WHERE name = ?", [name]).fetchone()
        if found is None:
            return _error("NoSuchKey")
        return Response(found["content"], content_type=found["kind"])

    def _list(self, request: Request) -> Response:
        """ListObjectsV2 with a prefix and «/» as delimiter; the token is the last name of the page before."""
        start, after = request.query.get("prefix", ""), request.query.get("continuation-token", "")
        under = [one for one in self.names() if one.startswith(start) and one > after]
        page = under[:PAGE]
        folders: list[str] = []
        files: list[str] = []
        for name in page:
            first, slash, _rest = name[len(start) :].partition("/")
            (folders if slash else files).append(start + first + slash)
        token = (
            f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>"
            if len(under) > PAGE
            else ""
        )
        body = [
            f"<IsTruncated>{'true' if token else 'false'}</IsTruncated>{token}",
            *(f"<Contents><Key>{escape(one)}</Key><Size>1</Size></Contents>" for one in files),
            *(f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in sorted(set(folders))),
        ]  # fmt: skip
        return _xml(f"<ListBucketResult>{''.join(body)}</ListBucketResult>")


def _xml(body: str, status: int = 200) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>{body}'
    return Response(text.encode(), status, "application/xml")


def _error(code: str) -> Response:
    return _xml(
        f"<Error><Code>{escape(code)}</Code><Message>{escape(code)}</Message></Error>",
        STATUS.get(code, 403),
    )


def _spoiled(fault: Fault) -> Response:
    if fault.kind == "malformed":
        return Response(b"<Err", 500, "application/xml")
    return Response() if fault.kind == "empty" else _error(fault.value)


def serve(
    port: int = 0, data: Path | str = "var/bucket-simulator", account: Account | None = None
) -> RunningServer:
    """Start the storage in threads of this process; stop() ends it. Raises OSError (port taken)."""
    return RunningServer(BucketSimulator(Path(data), account or Account()), port)
