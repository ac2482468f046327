"""Folders: media (or a bucket) that can be written, static files and messages that are of this version, and room on the disks."""

import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal.doctor.findings import Finding, good, judged, note, wrong

MANIFEST = "staticfiles.json"
COMPILED = Path("locale/fa/LC_MESSAGES/django.mo")
GIGABYTE = 1024**3
# Below it a report's photos may not fit any more.
LEAST_FREE = GIGABYTE


def looks() -> Iterator[Finding]:
    """Media, static files, messages, room."""
    yield _media()
    yield from _static()
    yield _messages()
    yield from _room()


def _media() -> Finding:
    return _bucket() if settings.BUCKET_URL else _folder()


def _bucket() -> Finding:
    """Write, read and remove a small file, as a paper is."""
    name, said = f"doctor/{secrets.token_urlsafe(12)}.txt", b"septam"
    began = time.monotonic()
    try:
        stored = default_storage.save(name, ContentFile(said))
        with default_storage.open(stored) as file:
            came_back = file.read() == said
        default_storage.delete(stored)
    except OSError as fault:
        return wrong("media", f"the bucket of SEPTAM_BUCKET_URL cannot be used: {fault}")
    took = time.monotonic() - began
    return judged(
        came_back, "media", f"the bucket can be written, read and emptied ({took:.1f} s)",
        "the bucket gives back something else than was written: does a cache stand before it?",
    )  # fmt: skip


def _folder() -> Finding:
    root = Path(settings.MEDIA_ROOT)
    try:
        with tempfile.NamedTemporaryFile(dir=root, prefix=".doctor-") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return wrong("media", f"{root} is no folder; see SEPTAM_MEDIA_ROOT")
    except OSError as problem:
        return wrong("media", f"{root} cannot be written by this user ({problem.strerror})")
    return good("media", f"{root} can be written")


def _static() -> Iterator[Finding]:
    root = Path(settings.STATIC_ROOT)
    try:
        listed = json.loads((root / MANIFEST).read_text())["paths"]
    except (OSError, ValueError, KeyError):
        yield wrong("static", f"{root} holds no collected files: run collectstatic")
        return
    wanted = {name for finder in get_finders() for name, _storage in finder.list(None)}
    missing = sorted(wanted - set(listed))
    gone = [name for name in listed.values() if not (root / name).exists()]
    yield judged(
        not missing and not gone, "static", f"{len(listed)} files are collected",
        f"{len(missing) + len(gone)} files are missing, such as {(missing + gone or [''])[0]}: run collectstatic",
    )  # fmt: skip


def _messages() -> Finding:
    compiled = settings.BASE_DIR / COMPILED
    do = "run tools/messages.py compile"
    if not compiled.exists():
        return wrong("messages", f"are not compiled, so pages are not in Persian: {do}")
    made = compiled.stat().st_mtime
    newer = [one.name for one in compiled.parent.parent.glob("*.po") if one.stat().st_mtime > made]
    return judged(not newer, "messages", "are compiled", f"{', '.join(newer)} changed since: {do}")


def _room() -> Iterator[Finding]:
    for about, folder in (
        ("media", settings.MEDIA_ROOT),
        ("temporary files", tempfile.gettempdir()),
    ):
        if not Path(folder).is_dir() or (about == "media" and settings.BUCKET_URL):
            continue
        space = shutil.disk_usage(folder)
        text = (
            f"{space.free / GIGABYTE:.1f} of {space.total / GIGABYTE:.0f} GB are free for {about}"
        )
        if space.free < LEAST_FREE:
            yield wrong("disk", text)
        else:
            yield note("disk", text) if space.free * 10 < space.total else good("disk", text)
