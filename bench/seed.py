"""Makes buyers with places and sessions in the portal's database; prints them as JSON. Run with the portal's settings.

python -m bench.seed BUYERS PLACES
"""

import json
import sys
from decimal import Decimal
from importlib import import_module

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import HolderKind, Profile, User
from septam import clock
from septam.text import search_key
from sites.models import Category, City, Laboratory, Place
from sites.place import PlaceState


def session_of(user: User) -> str:
    """The key of a session in which this person is signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def buyer(number: int, places: int) -> dict[str, object]:
    """An owner with that many complete places."""
    now = clock.now()
    user = User.objects.create_user(
        f"benchBuyer{number}", None, mobile=f"0912{number:07}", first_name="محمد", last_name="حسینی",
        first_signed_in_at=now,
    )  # fmt: skip
    Profile.objects.create(user=user, kind=HolderKind.PERSON, name="محمد حسینی", national_id="0499370899")  # fmt: skip
    city = City.objects.get(name="تهران", province__name="تهران")
    category, laboratory = Category.objects.order_by("pk")[0], Laboratory.objects.order_by("pk")[0]
    made = Place.objects.bulk_create(
        Place(
            owner=user, title=f"طلافروشی حسینی {number}-{one}", state=PlaceState.READY, category=category, city=city,
            postal_code="1416932790", area=Decimal("38.50"), address="خیابان ولیعصر، پلاک ۱۲", representative_name="علی حسینی",
            representative_phone="02188776655", laboratory=laboratory, search_key=search_key(f"طلافروشی {one}"),
            created_at=now, updated_at=now,
        )
        for one in range(places)
    )  # fmt: skip
    return {
        "session": session_of(user),
        "mobile": user.mobile,
        "places": [place.pk for place in made],
    }


if __name__ == "__main__":
    buyers, places = map(int, sys.argv[1:3])
    first = User.objects.count()
    print(json.dumps([buyer(first + number, places) for number in range(buyers)]))
