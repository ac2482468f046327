"""AWS Signature Version 4, as a server checks it: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote

from simulators.web import Request

UNSIGNED = "UNSIGNED-PAYLOAD"
_FORM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>(?P<day>\d{8})/(?P<region>[^/]+)/s3/aws4_request),"
    r"\s*SignedHeaders=(?P<headers>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
# What a signature must cover; whatever else is sent may be covered too.
_COVERED = {"host", "x-amz-date", "x-amz-content-sha256"}


def refusal(request: Request, key: str, secret: str) -> str:
    """The code of S3's answer to a request that is not signed by this key; empty for one that is."""
    found = _FORM.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        return "AccessDenied"
    if found["key"] != key:
        return "InvalidAccessKeyId"
    digest = request.headers.get("x-amz-content-sha256", "")
    if digest not in {UNSIGNED, hashlib.sha256(request.body).hexdigest()}:
        return "XAmzContentSHA256Mismatch"
    names = found["headers"].split(";")
    if not set(names) >= _COVERED:
        return "AccessDenied"
    expected = _signature(request, found, names, digest, secret)
    return "" if hmac.compare_digest(expected, found["signature"]) else "SignatureDoesNotMatch"


def _signature(
    request: Request, found: Mapping[str, str] | re.Match[str], names: list[str], digest: str, secret: str
) -> str:  # fmt: skip
    canonical = "\n".join(
        [
            request.method, request.path, _query(request.query),
            *(f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in names), "",
            ";".join(names), digest,
        ]
    )  # fmt: skip
    text = "\n".join(
        [
            "AWS4-HMAC-SHA256", request.headers.get("x-amz-date", ""), found["scope"],
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )  # fmt: skip
    signing = f"AWS4{secret}".encode()
    for part in (found["day"], found["region"], "s3", "aws4_request"):
        signing = hmac.digest(signing, part.encode(), "sha256")
    return hmac.digest(signing, text.encode(), "sha256").hex()


def _query(query: Mapping[str, str]) -> str:
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query.items()
    )
    return "&".join(f"{name}={value}" for name, value in pairs)
