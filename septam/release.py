"""Which program and settings a page was made with: where two versions stand side by side, none shows the other's pages."""

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDERS = (
    "septam", "notifications", "sites", "accounts", "inspections", "billing", "portal", "templates", "locale",
)  # fmt: skip
_KINDS = {".py", ".html", ".mo"}
_MANIFEST = "staticfiles.json"


@cache
def fingerprint() -> str:
    """Another one with every change of the program's files, the names of static files, or a setting; read once a process."""
    digest = hashlib.sha256()
    for name, path in _files():
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    # What is said once on the machine's environment file decides what stands on pages: addresses, phone, banks.
    for name in sorted(os.environ):
        if name.startswith("SEPTAM_"):
            digest.update(f"{name}={os.environ[name]}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        found = (settings.BASE_DIR / folder).rglob("*")
        for path in sorted(path for path in found if path.suffix in _KINDS):
            yield str(path.relative_to(settings.BASE_DIR)), path
    manifest = Path(settings.STATIC_ROOT) / _MANIFEST
    if manifest.is_file():
        yield _MANIFEST, manifest
