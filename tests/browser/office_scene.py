"""What lies on the office's desks in the morning of the walkers' day; `load` runs inside the running portal.

The day stands after the expert's and the guide's, so that nothing that is priced or published here changes theirs.
All titles are of this day alone: other walkers leave their own places in the same portal.
"""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import roles
from accounts.models import Role, StaffAssignment, User
from billing import orders
from billing.cart import cart_of
from billing.models import AttemptState, Order, PaymentAttempt, ShareStatement
from billing.numbers import bank_number
from billing.transfers import proformas
from inspections import workflow
from inspections.models import VisitReport, VisitRequest
from notifications.models import SmsMessage, SmsState
from portal.demo import PASSWORD
from portal.support import threads
from septam import clock
from septam.text import search_key
from sites.models import Category, City, Laboratory, Place
from sites.place import PlaceState
from tests.billing.settled import settle

# A Saturday.
MORNING = datetime(2024, 5, 25, 9, tzinfo=clock.TEHRAN)
POSTAL_CODE = "1516745678"
WAITING = ("پوشاک ونک", "چاپخانه مهر", "قنادی ناز")


@transaction.atomic
def load() -> str:
    """Make it, and say where the clock stands (seconds from the machine's). Nobody sees it before all is there."""
    owner = User.objects.get(username="gentleOtterB")
    clock.move_to(MORNING - timedelta(days=2))
    reported = [_visited(owner, title, 2 + at * 3) for at, title in enumerate(("عکاسی نور", "گل‌فروشی یاس"))]  # fmt: skip
    clock.move_to(MORNING)
    for visit in reported:
        workflow.submit_report(_report(visit).pk, visit.assigned_expert)
    for at, title in enumerate(WAITING):
        _paid(owner, title, 6 - 2 * at)
    _paid(owner, "تالار آینه", 3, city="تبریز", laboratory="L-03")
    _taken(owner, "دندانپزشکی سپید")
    _support(owner)
    _money(owner)
    _staff()
    return str(int(clock.offset().total_seconds()))


def _place(owner: User, title: str, city: str = "تهران", laboratory: str = "L-01") -> Place:
    now = clock.now()
    return Place.objects.create(
        owner=owner, title=title, state=PlaceState.READY, category=Category.objects.get(name="طلا و جواهر فروشی"),
        postal_code=POSTAL_CODE, area=Decimal("38.50"), city=City.objects.get(name=city, province__seat=city),
        address="خیابان بهشتی، نبش میرعماد، پلاک ۸", representative_name="علی کریمی",
        representative_phone="02188776655", laboratory=Laboratory.objects.get(code=laboratory),
        search_key=search_key(title), created_at=now, updated_at=now,
    )  # fmt: skip


def _paid(owner: User, title: str, days_ago: int = 1, **where: str) -> VisitRequest:
    visit = workflow.open_request(_place(owner, title, **where), owner)
    return workflow.mark_paid([visit.pk], paid_at=clock.now() - timedelta(days=days_ago))[0]


def _taken(owner: User, title: str, hour: int = 11, days: int = 2) -> VisitRequest:
    """A request with a time that its owner confirmed."""
    visit, expert = _paid(owner, title), User.objects.get(username="expert2")
    starts = clock.in_tehran(clock.now()) + timedelta(days=days)
    starts = starts.replace(hour=hour, minute=0, second=0, microsecond=0)
    slot = workflow.propose_time(visit.pk, expert, starts, expert, "به خواست صاحب محل")
    workflow.confirm_time(slot.pk, owner)
    return VisitRequest.objects.get(pk=visit.pk)


def _visited(owner: User, title: str, hours: int) -> VisitRequest:
    return _taken(owner, title, hour=9 + hours, days=0)


def _report(visit: VisitRequest) -> VisitReport:
    found = VisitReport.objects.create(
        request=visit, expert=visit.assigned_expert, level=4, outcome="conforming", measured_area=Decimal("38.50"),
        true_category=visit.place.category, comment="دوربین‌ها و ضبط بررسی شد.", slot=visit.slots.get(),
    )  # fmt: skip
    for item in visit.criteria_set.criteria.order_by("position")[:8]:
        value = "yes" if item.kind == "yesno" else item.sl4
        found.answers.create(criterion=item, value=value, passed=True, comment="بررسی شد.")
    return found


def _support(owner: User) -> None:
    draft = threads.Draft(subject="result", text="گواهینامه من چه روزی صادر می‌شود؟")
    threads.begin(draft, owner)
    SmsMessage.objects.create(
        event="visit.proposed", mobile=owner.mobile, user=owner, state=SmsState.UNDELIVERED, created_at=clock.now(),
        sent_at=clock.now(), valid_until=clock.now() + timedelta(days=1), provider="kavenegar", attempts=1,
        text="سپتام: زمان بازدید «دندانپزشکی سپید» پیشنهاد شد. لطفاً این زمان را در «سوابق اقدام» تأیید کنید.",
    )  # fmt: skip


def _order(owner: User, title: str) -> Order:
    workflow.open_request(_place(owner, title), owner)
    return orders.checkout(owner, cart_of(owner).payable_rial)


def _money(owner: User) -> None:
    """An order paid by card, one whose payment a person decides about, and one that is to be paid by transfer."""
    settle(_order(owner, "رستوران باران"))
    doubtful = _order(owner, "بوتیک سارا")
    PaymentAttempt.objects.create(
        order=doubtful, gateway="behpardakht", order_number=bank_number(), amount_rial=doubtful.payable_rial,
        state=AttemptState.NEEDS_REVIEW, created_at=clock.now(), sent_at=clock.now(), token=secrets.token_hex(10),
    )  # fmt: skip
    proformas.ask(owner, _order(owner, "آموزشگاه پارس").number)
    ShareStatement.objects.get_or_create(
        laboratory=Laboratory.objects.get(code="L-01"), year=1403, month=2,
        defaults={
            "number": "L-01-140302", "base_rial": 63_600_000, "laboratory_rial": 44_520_000,
            "portal_rial": 19_080_000, "closed_at": clock.now(), "closed_by": User.objects.get(username="finance"),
        },
    )  # fmt: skip


def _staff() -> None:
    """A second person of finance, and somebody new who has no role yet."""
    for username, first, last in (("finance2", "پریسا", "نوری"), ("newcomer", "آرش", "بهرامی")):
        if User.objects.filter(username=username).exists():
            continue
        user = User.objects.create_user(username, PASSWORD, is_staff=True, first_name=first, last_name=last)  # fmt: skip
        TOTPDevice.objects.create(user=user, name="demo", confirmed=True)
        if username == "finance2":
            StaffAssignment.objects.create(user=user, role=Role.FINANCE)
            roles.sync_groups(user)
