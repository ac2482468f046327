"""The settings of S3-compatible storage: one address of the bucket, and who we are there. Without it files lie in a folder."""

from typing import Any
from urllib.parse import urlsplit

DRIVER = "septam.bucket.Bucket"


def place(url: str) -> tuple[str, str]:
    """The server and the name of the bucket in `https://server/bucket`; a part that is missing is empty."""
    parts = urlsplit(url)
    server = f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.hostname else ""
    name = parts.path.strip("/")
    return server, "" if "/" in name or parts.query or parts.fragment else name


def storage(url: str, key: str, secret: str, region: str) -> dict[str, Any]:
    """The entry of Django's STORAGES."""
    server, name = place(url)
    options = {
        "endpoint_url": server, "bucket_name": name, "access_key": key, "secret_key": secret, "region_name": region,
    }  # fmt: skip
    return {"BACKEND": DRIVER, "OPTIONS": options}
