"""The pages that one owner with two hundred places opens, and those that anybody opens, for the same meter as the office's."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from bench.office_shapes import PLAIN, RARE
from bench.page import Page
from inspections.models import Certificate
from inspections.numbers import is_valid

# The owner gets the two places of each of so many owners, with their requests, certificates, orders and notices.
OWNERS = 100
THREADS = 60
CART = 10
# Whose rows are asked for; all belong to one owner each.
_OWNED = {
    "septam_sites_place": "owner_id", "inspections_visitrequest": "owner_id", "inspections_certificate": "owner_id",
    "billing_order": "owner_id", "notifications_notice": "user_id",
}  # fmt: skip


def busy_owner() -> User:
    """The owner of many places: made at the first call, the same afterwards."""
    first = User.objects.filter(username="benchOwner1").get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), (SELECT max(id) FROM septam_sites_place) FROM septam_sites_place WHERE owner_id = %s", [first.pk])  # fmt: skip
        owned, places = cursor.fetchone()
        if owned < OWNERS:
            # From the older half, where all is over, so that both sizes show the same.
            # A step that meets places of every kind.
            step = places // 40 // OWNERS * 10 + 1
            owners = [first.pk + number * step for number in range(OWNERS)]
            for table, column in _OWNED.items():
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE {column} = ANY(%s)", [first.pk, owners]
                )
            cursor.execute("UPDATE portal_supportthread SET owner_id = %s WHERE id <= %s", [first.pk, THREADS])  # fmt: skip
            cursor.execute(
                "UPDATE inspections_visitrequest SET status = 'in_cart', paid_at = NULL WHERE id IN (SELECT r.id"
                " FROM inspections_visitrequest r JOIN septam_sites_place p ON p.id = r.place_id"
                " WHERE r.owner_id = %s AND r.status = 'cancelled' AND p.state = 'ready' ORDER BY r.id DESC LIMIT %s)",
                [first.pk, CART],
            )
            for table in (*_OWNED, "portal_supportthread"):
                cursor.execute(f"VACUUM ANALYZE {table}")
    return first


def browser() -> Client:
    """A browser in which that owner is signed in."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(busy_owner(), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _one(sql: str, owner: User, key: str = "id") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {key} LIMIT 1 OFFSET 20", [owner.pk])
        return str(cursor.fetchone()[0])


def pages() -> Iterator[Page]:
    """An owner's lists, their deep pages, searches and forms; then what needs no account."""
    owner = busy_owner()
    for path in ("/places/", "/history/", "/notices/", "/orders/", "/support/threads/", "/cart/", "/profile/looks/"):  # fmt: skip
        yield Page("list", "owner", path, path)
    for path in ("/places/?page=15", "/history/?page=8", "/notices/?page=8", "/orders/?page=5", "/support/threads/?page=3"):  # fmt: skip
        yield Page("deep page", "owner", path, path)
    for path in ("/places/?show=archived", "/notices/?show=unread"):
        yield Page("filter", "owner", path, path)
    for word, q in {"common word": PLAIN, "no such word": "ققنوسستان"}.items():
        yield Page("search", "owner", f"/places/?q: {word}", f"/places/?q={q}")
    yield Page("rare search", "owner", "/places/?q: rare word", f"/places/?q={RARE}")
    place = _one("SELECT id FROM septam_sites_place WHERE owner_id = %s AND state = 'ready'", owner)
    again = _one("SELECT r.place_id FROM inspections_visitrequest r JOIN septam_sites_place p ON p.id = r.place_id WHERE r.owner_id = %s AND r.status = 'nonconforming' AND p.state = 'ready'", owner, "r.id")  # fmt: skip
    visit = _one("SELECT number FROM inspections_visitrequest WHERE owner_id = %s AND status = 'certified'", owner)  # fmt: skip
    paper = _one("SELECT number FROM inspections_certificate WHERE owner_id = %s", owner)
    order = _one("SELECT number FROM billing_order WHERE owner_id = %s AND state = 'paid'", owner)
    for path in (
        "/places/new/form/", f"/places/{place}/edit/", f"/places/{again}/request/", f"/requests/{visit}/", f"/certificates/{paper}/", f"/orders/{order}/",
        "/support/write/", "/profile/", "/notices/sms/",
    ):  # fmt: skip
        named = path
        for known in (place, again, visit, paper, order):
            named = named.replace(known, "…")
        yield Page("form", "owner", named, path)
    yield from _open_pages(owner)


def _open_pages(owner: User) -> Iterator[Page]:
    code = _one("SELECT share_code FROM inspections_certificate WHERE owner_id = %s", owner)
    for path in ("/", "/prices/", "/check/", "/expert/", "/categories/", "/faq/", "/support/"):
        yield Page("list", "visitor", path, path)
    yield Page("form", "visitor", "/c/…/", f"/c/{code}/")
    known = Certificate.objects.filter(owner=owner).order_by("id").values_list("number", flat=True)
    checked = next(number for number in known if is_valid(number))
    unknown = next(str(number) for number in range(99000000000, 99000000020) if is_valid(str(number)))  # fmt: skip
    yield Page("search", "visitor", "/check/?number", f"/check/?number={checked}")
    yield Page("search", "visitor", "/check/?number: none", f"/check/?number={unknown}")
    yield Page("search", "visitor", "/expert/?code", "/expert/?code=10010")
    for q in ("ت", "تهران", "ققنوس"):
        yield Page("search", "owner", f"/suggest/cities/ {q}", f"/suggest/cities/?q={q}")
        yield Page("search", "owner", f"/suggest/categories/ {q}", f"/suggest/categories/?q={q}")
