"""Files in S3-compatible storage: private, signed by version 4, by path, bounded in time; every fault is an OSError.

Nobody is handed an address of the bucket: the portal reads a file and serves it after its own look at who asks. Files are
small (a paper some 40 KB, a photo some 300), so each goes and comes in one request and is held in memory meanwhile.
Protocol: https://docs.aws.amazon.com/AmazonS3/latest/API/ (PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2).
"""

import mimetypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NoReturn

from botocore.config import Config
from botocore.exceptions import (  # fmt: skip
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from septam.kept_files import FileAway

CONNECT_SECONDS, READ_SECONDS, TRIES = 3, 6, 2
# An answer that trickles in is given up after so many seconds, whatever each single read took.
WHOLE_FILE_SECONDS = 15
LARGEST = 32 * 1024 * 1024
_CHUNK = 64 * 1024
_GONE = {"NoSuchKey", "404", "NotFound"}
# What a server's code means for whoever runs the portal; all others are told by the code alone.
_WORDS = {
    "AccessDenied": "it does not let us do that: see the rights of SEPTAM_BUCKET_KEY",
    "403": "it does not let us do that: see the rights of SEPTAM_BUCKET_KEY",
    "InvalidAccessKeyId": "it does not know SEPTAM_BUCKET_KEY",
    "SignatureDoesNotMatch": "SEPTAM_BUCKET_SECRET does not fit SEPTAM_BUCKET_KEY",
    "NoSuchBucket": "it has no bucket of that name: see SEPTAM_BUCKET_URL",
    "AuthorizationHeaderMalformed": "it stands in another region: see SEPTAM_BUCKET_REGION",
    "RequestTimeTooSkewed": "this machine's clock stands elsewhere",
    "XMinioStorageFull": "it is full",
    "QuotaExceeded": "it is full",
    "InsufficientStorage": "it is full",
    "507": "it is full",
}
_AWAY: tuple[tuple[type[Exception], str], ...] = (
    (ConnectTimeoutError, "no connection can be made"),
    (ReadTimeoutError, "it does not answer in time"),
    (SSLError, "its certificate is not accepted"),
    (EndpointConnectionError, "no connection can be made"),
)


def _config() -> Config:
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
        # Other servers than Amazon's do not know the checksums that the library would add and ask for.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        # Whatever the environment says of proxies: the bucket is reached as it is named.
        proxies={},
    )


class Bucket(S3Storage):  # type: ignore[misc]
    """The storage of Django's STORAGES. Each method raises FileAway, or FileNotFoundError where a file is not there."""

    def __init__(self, **options: Any) -> None:
        fixed = {
            "client_config": _config(),
            "default_acl": None,
            "security_token": None,  # none is used  # nosec B105
            "session_profile": None,
        }
        super().__init__(**fixed | options)

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError(f"a file of a bucket is read as a whole, not opened by {mode!r}")
        with _faults():
            found = self._client.get_object(**self._named(name))
            return File(BytesIO(_bounded(found)), name)

    def _save(self, name: str, content: Any) -> str:
        content.seek(0)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        with _faults():
            self._client.put_object(**self._named(name), Body=content.read(), ContentType=kind)
        return name

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is none to remove."""
        with _faults():
            self._client.delete_object(**self._named(name))

    def exists(self, name: str) -> bool:
        """Whether the file is there."""
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        """Its bytes."""
        with _faults():
            return int(self._client.head_object(**self._named(name))["ContentLength"])

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        """Folders and files right under a folder; both empty for one that is not there."""
        start = f"{name.strip('/')}/" if name.strip("/") else ""
        folders: list[str] = []
        files: list[str] = []
        with _faults():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=start, Delimiter="/"):
                found = page.get("CommonPrefixes", ())
                folders += [one["Prefix"][len(start) :].rstrip("/") for one in found]
                files += [one["Key"][len(start) :] for one in page.get("Contents", ())]
        return folders, [one for one in files if one]

    def url(self, name: str, *args: Any, **options: Any) -> NoReturn:
        """There is none."""
        raise NotImplementedError("files are served by the portal alone")

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Names are random (septam.kept_files): nobody asks whether one is taken."""
        return name

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _named(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name.replace("\\", "/"))}


def _bounded(found: dict[str, Any]) -> bytes:
    """The body, read to its announced end and no further."""
    length, ends, body = int(found["ContentLength"]), time.monotonic() + WHOLE_FILE_SECONDS, b""
    if length > LARGEST:
        raise FileAway("a file there is larger than any of ours")
    stream = found["Body"]
    # read1: what has come, however little; read would wait for a whole piece of a trickle.
    while len(body) < length and (piece := stream._raw_stream.read1(_CHUNK)):
        body += piece
        if time.monotonic() > ends:
            raise FileAway("it does not answer in time")
    stream.close()
    if len(body) != length:
        raise FileAway("its answer breaks off")
    return body


@contextmanager
def _faults() -> Iterator[None]:
    """Say what went wrong in our own words: the library's may name keys and addresses."""
    try:
        yield
    except ClientError as fault:
        code = str(fault.response.get("Error", {}).get("Code", ""))
        if code in _GONE:
            raise FileNotFoundError(code) from None
        raise FileAway(_WORDS.get(code, f"it answers {code or 'nonsense'}")) from None
    except (BotoCoreError, HTTPError, ValueError) as fault:
        words = next(
            (text for kind, text in _AWAY if isinstance(fault, kind)), type(fault).__name__
        )
        raise FileAway(words) from None
