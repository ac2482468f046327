"""A file that an expert sent as a photo, made into a JPEG of our own; what is no photo is refused.

Only the pixels are kept: the type is decided by the content, the picture is turned upright, made smaller and written
anew, so that neither place, time and phone of the camera nor anything hidden in the file is stored.
"""

import hashlib
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from septam.digits import to_persian
from septam.refusal import Refusal

MAX_BYTES = 15 * 1024 * 1024
MAX_EDGE = 1600
SMALL_EDGE = 320
# A JPEG is decoded at a fraction of its size; other pictures unfold as a whole in memory.
_MAX_PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000}  # MPO: a JPEG with a second picture behind it
_MAX_UNFOLDED = 24_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
# What Pillow raises on files that are cut off, broken or made to harm.
_BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error,
)  # fmt: skip


class PhotoRefused(Refusal):
    """The file is no photo that could be kept; the reason stands beside its item."""


@dataclass(frozen=True)
class SafePhoto:
    """Our own JPEG, and the SHA-256 of the file as it was sent."""

    jpeg: bytes
    source_sha256: str


def read(file: BinaryIO, size: int) -> SafePhoto:
    """The photo in an uploaded file of `size` bytes. Raises PhotoRefused."""
    if size > MAX_BYTES:
        most = to_persian(MAX_BYTES // 1024 // 1024)
        raise PhotoRefused(_("The photo is larger than %(most)s megabytes.") % {"most": most})
    content = file.read(MAX_BYTES + 1)
    if not content:
        raise PhotoRefused(_("The file is empty."))
    return SafePhoto(_written_anew(content, MAX_EDGE), hashlib.sha256(content).hexdigest())


def small(jpeg: bytes) -> bytes:
    """A stored photo as a thumbnail."""
    return _written_anew(jpeg, SMALL_EDGE)


def _written_anew(content: bytes, edge: int) -> bytes:
    try:
        # The one place.
        # nosemgrep: file-of-others-unfolded-elsewhere
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            _check_size(image)
            # A JPEG unfolds at half, a quarter or an eighth of its size where that is enough.
            image.draft("RGB", (edge, edge))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((edge, edge))
            return _jpeg_of(upright)
    except Image.UnidentifiedImageError as fault:
        raise PhotoRefused(_why_unknown(content)) from fault
    except Image.DecompressionBombError as fault:
        raise _too_many_pixels() from fault
    except _BROKEN as fault:
        raise PhotoRefused(_("The photo is broken or was not sent whole; send it again.")) from fault  # fmt: skip


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused(_("The photo has too many pixels; take it at a lower resolution."))


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > _MAX_PIXELS.get(image.format or "", _MAX_UNFOLDED):
        raise _too_many_pixels()
    if min(width, height) < 16:
        raise PhotoRefused(_("The picture is too small to show anything."))


def _jpeg_of(picture: Image.Image) -> bytes:
    # Onto a fresh white sheet: what is not pixels stays behind, and what is transparent becomes white.
    sheet = Image.new("RGB", picture.size, "white")
    if picture.mode in ("RGBA", "LA", "PA", "P"):
        layered = picture.convert("RGBA")
        sheet.paste(layered, mask=layered.getchannel("A"))
    else:
        sheet.paste(picture.convert("RGB"))
    out = BytesIO()
    sheet.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _why_unknown(content: bytes) -> str:
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return _(
            "Photos in HEIC cannot be read. Take the photo with this page's own button, or choose JPEG (“most compatible”) in the camera's settings, and send it again."
        )
    return _("This file is no photo; send a JPEG, PNG or WebP picture.")
