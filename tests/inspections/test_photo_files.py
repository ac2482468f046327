"""Files that are sent as photos: what is kept of a picture, and what is refused."""

import zlib
from io import BytesIO
from struct import pack

import pytest
from PIL import Image

from inspections.reports import photo_files
from inspections.reports.photo_files import PhotoRefused, read
from tests.inspections.photo_making import TEHRAN, phone_picture, picture


def kept(content: bytes) -> Image.Image:
    return Image.open(BytesIO(read(BytesIO(content), len(content)).jpeg))


def chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that would unfold to gigabytes."""
    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(bytes(300_000), 9))
    return b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")


def test_a_phones_photo_is_turned_upright_made_smaller_and_stripped_of_all_but_pixels() -> None:
    sent = phone_picture()
    assert b"SecretPhone" in sent
    assert TEHRAN in sent
    jpeg = read(BytesIO(sent), len(sent)).jpeg
    image = Image.open(BytesIO(jpeg))
    assert (image.format, image.size) == ("JPEG", (1200, 1600))
    # The right half, blue, came to lie below.
    assert image.getpixel((600, 1500))[2] > 200  # type: ignore[index]
    assert image.getpixel((600, 100))[0] > 200  # type: ignore[index]
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for secret in (b"SecretPhone", TEHRAN, b"Exif", b"GPS"):
        assert secret not in jpeg


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF", "BMP"])
def test_the_content_decides_not_the_name(kind: str) -> None:
    if kind in ("PNG", "WEBP"):
        assert kept(picture(kind)).format == "JPEG"
    else:
        with pytest.raises(PhotoRefused, match="عکس نیست"):
            kept(picture(kind))


def test_what_shines_through_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(out, "PNG")
    assert kept(out.getvalue()).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "خالی"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "عکس نیست"),
        (b"%PDF-1.7 hello", "عکس نیست"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC"),
        (picture(size=(800, 600), colour="green")[:900], "کامل نرسیده"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "عکس"),
        (picture(size=(8, 8)), "کوچک"),
        (bomb(30_000, 30_000), "ابعاد"),
        (bomb(6000, 6000), "ابعاد"),
    ],
    ids=["empty", "svg", "pdf", "heic", "cut off", "torn", "tiny", "bomb", "smaller bomb"],
)
def test_what_is_no_photo_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(PhotoRefused) as refusal:
        kept(content)
    assert said in refusal.value.reason


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(PhotoRefused, match="۱۵ مگابایت"):
        read(BytesIO(b""), photo_files.MAX_BYTES + 1)


def test_a_file_that_is_a_photo_and_something_else_keeps_the_photo_alone() -> None:
    both = picture() + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in read(BytesIO(both), len(both)).jpeg
