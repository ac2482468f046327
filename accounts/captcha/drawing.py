"""Draws the picture of «کد امنیتی»."""

import hashlib
import hmac
from functools import cache
from io import BytesIO
from random import Random
from threading import Lock

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

_INK = 40
_PAPER = 255
# Drawn finer than it is shown, so that it is sharp on phones.
_FINE = 1.5
# Specks: of the digits' own ink beside them, and of paper on them. Few and large ones trouble a reading program as
# much as dust did, and weigh a third: the picture is a part of everybody's first visit on a slow line.
_SPECKS = 220
# One font object is shared by all threads.
_drawing = Lock()


def png(key: str, digits: str) -> bytes:
    """The picture as PNG: the same for the same key, and not to be drawn again without the secret key."""
    seed = hmac.new(settings.SECRET_KEY.encode(), f"captcha:{key}".encode(), hashlib.sha256)
    chance = Random(seed.digest())  # noqa: S311  # seeded by a keyed hash, on purpose  # nosec B311
    with _drawing:
        picture = _digits(digits, chance)
    _noise(picture, chance)
    out = BytesIO()
    picture.quantize(4).save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(settings.CAPTCHA_FONT_PATH[0], _fine(settings.CAPTCHA_FONT_SIZE))


def _fine(size: float) -> int:
    return round(size * _FINE)


def _digits(digits: str, chance: Random) -> Image.Image:
    width, height = map(_fine, settings.CAPTCHA_IMAGE_SIZE)
    picture = Image.new("L", (width, height), _PAPER)
    step = (width - _fine(16)) // len(digits)
    for place, digit in enumerate(digits):
        mask = _turned(digit, chance)
        left = _fine(8) + place * step + (step - mask.width) // 2 + chance.randint(-4, 4)
        top = (height - mask.height) // 2 + chance.randint(-9, 9)
        picture.paste(_INK, (left, top), mask)
    return picture


def _turned(digit: str, chance: Random) -> Image.Image:
    size = _fine(settings.CAPTCHA_FONT_SIZE * 2)
    mask = Image.new("L", (size, size), 0)
    ImageDraw.Draw(mask).text((size // 2, size // 2), digit, font=_font(), fill=255, anchor="mm")
    # A wider turn would make ۷ of ۸ and ۲ of ۳.
    mask = mask.rotate(chance.randint(-22, 22), resample=Image.Resampling.BICUBIC)
    return mask.crop(mask.getbbox())


def _noise(picture: Image.Image, chance: Random) -> None:
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    for _line in range(3):
        start, end = chance.randint(0, height), chance.randint(0, height)
        draw.line((0, start, width, end), fill=_INK, width=2)
    corner = chance.randint(-60, width // 2), chance.randint(-60, 0)
    draw.arc((*corner, corner[0] + width, corner[1] + height), 0, 300, fill=_INK, width=2)
    for number in range(_SPECKS):
        x, y, size = chance.randrange(width), chance.randrange(height), chance.randint(1, 2)
        draw.rectangle((x, y, x + size, y + size), fill=_PAPER if number % 3 else _INK)
