"""Pictures as phones send them, and photos that stand beside an item already."""

from io import BytesIO

from django.db import transaction
from PIL import Image

from accounts.models import User
from inspections.models import Criterion, VisitPhoto, VisitRequest
from inspections.reports import photos
from inspections.reports.photo_files import read
from septam import kept_files
from tests.inspections.journey import Journey

TEHRAN = b"35.6892"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "red", **saved: object
) -> bytes:
    """A picture of one colour, blue in its right half."""
    image = Image.new("RGB", size, colour)
    image.paste("blue", (size[0] // 2, 0, *size))
    out = BytesIO()
    image.save(out, kind, **saved)
    return out.getvalue()


def phone_picture() -> bytes:
    """Taken with the phone held upright: stored lying, with its place and the phone's name beside the pixels."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = "2024:04:15"
    return picture(size=(3200, 2400), exif=exif, comment=b"taken by me at " + TEHRAN)


def put_photo(request: VisitRequest, criterion: Criterion, content: bytes, expert: User) -> None:
    """What a press of «ذخیره» does with one file."""
    with kept_files.written() as files:
        photo = photos.upload(read(BytesIO(content), len(content)), files)
        with transaction.atomic():
            if photos.add(request, criterion, photo, expert):
                files.take(photo.name)


def make_photo(journey: Journey, code: str, colour: str = "red") -> VisitPhoto:
    """A photo beside an item of the journey's visit."""
    content = picture(colour=colour)
    criterion = Criterion.objects.get(criteria_set=journey.request.criteria_set, code=code)
    put_photo(journey.request, criterion, content, journey.expert)
    return VisitPhoto.objects.latest("pk")
