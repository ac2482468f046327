"""One of everything that an address can name: an owner's requests at several stages, papers, money, reference rows."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from django.test import Client

from accounts.captcha import challenges
from accounts.mobile import changing
from accounts.models import (
    AccountClosing,
    MobileChange,
    Role,
    SecondFactorReset,
    StaffAssignment,
    TermsVersion,
    User,
)
from accounts.second_factor import resetting
from billing import orders
from billing.cart import cart_of
from billing.models import (
    AttemptState,
    BankFile,
    BankFileRow,
    BankTransfer,
    CloudTariff,
    Invoice,
    Order,
    OrderState,
    PaymentAttempt,
    RefundCase,
    ShareRule,
    ShareStatement,
    Tariff,
    TravelFee,
    VatRate,
)
from billing.papers import invoicing
from billing.payment_views import result_path
from billing.transfers import matching, proformas
from billing.transfers.reports import Facts
from inspections import workflow
from inspections.complaints import opening
from inspections.laboratories import conflicts
from inspections.models import (
    Certificate,
    Closure,
    Complaint,
    ConflictOfInterest,
    CriteriaSet,
    ExpertLeave,
    ExpertPlan,
    Holiday,
    SpecialHours,
    VisitPhoto,
    VisitReport,
    VisitRequest,
    VisitSlot,
)
from inspections.visits import calendar_feed
from notifications.models import Announcement, SmsMessage
from portal.models import CannedAnswer, ReferenceImport, SupportThread
from portal.support import threads
from septam import clock
from septam.models import AuditEvent
from sites.models import CloudProduct, Laboratory
from sites.place import PlaceState
from tests.inspections.journey import START, Journey, at_status
from tests.inspections.photo_making import picture, put_photo
from tests.make import make_city, make_laboratory, make_place, make_province
from tests.people import make_expert, make_staff, make_stranger, office_client


@dataclass
class World:
    """What the addresses of the tests point at. `scheduling`, `proposed`, `accepted` and `in_cart` are requests."""

    journey: Journey
    certificate: Certificate
    ready_place: Any
    archived_place: Any
    scheduling: VisitRequest
    proposed: VisitRequest
    accepted: VisitRequest
    in_cart: VisitRequest
    photo: VisitPhoto
    paid_order: Order
    open_order: Order
    held_order: Order
    transfer: BankTransfer
    settled: PaymentAttempt
    waiting: PaymentAttempt
    # Filled in when first asked for: the addresses need them hundreds of times.
    rows: dict[str, Any] = field(default_factory=dict)
    fixed: dict[str, dict[str, Any]] = field(default_factory=dict)
    office: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def owner(self) -> User:
        """Whose all of it is."""
        return self.journey.owner

    @property
    def kept_import(self) -> ReferenceImport:
        """A file of cities that was checked."""
        return ReferenceImport.objects.get()

    def slot_of(self, visit: VisitRequest) -> VisitSlot:
        """The held time of a request."""
        return visit.slots.latest("pk")


def make_world() -> World:
    """Build it on the clock of START; the certified visit lies a few days back."""
    clock.move_to(START)
    journey = at_status("certified")
    laboratory = journey.place.laboratory
    assert laboratory is not None
    _reference(journey.expert)
    _shares(laboratory, journey.manager)
    resetting.ask(journey.expert, "گوشی گم شده است", journey.manager)
    _support(journey)
    changing.ask(journey.owner.pk, "09350009999", "گم شدن سیم‌کارت", journey.manager)
    _import(journey.manager)
    _closed_once(journey.owner)
    scheduling = _paid(journey.owner, "کافه نگار")
    proposed = _paid(journey.owner, "فروشگاه بهار")
    _propose(proposed, journey.expert, 2)
    accepted = _paid(journey.owner, "داروخانه دی")
    workflow.confirm_time(_propose(accepted, journey.expert, 4).pk, journey.owner)
    photo = _defect(journey)
    paid_order, settled = _paid_order(journey.owner)
    held_order, transfer = _held_order(journey.owner)
    in_cart = workflow.open_request(make_place(journey.owner, "کتابفروشی مهر"), journey.owner)
    open_order = orders.checkout(journey.owner, cart_of(journey.owner).payable_rial)
    return World(
        journey=journey,
        certificate=Certificate.objects.get(request=journey.request),
        ready_place=make_place(journey.owner, "نانوایی سنگک"),
        archived_place=make_place(journey.owner, "شعبه قدیم", state=PlaceState.ARCHIVED),
        scheduling=scheduling, proposed=proposed, accepted=accepted, in_cart=in_cart, photo=photo,
        paid_order=paid_order, open_order=open_order, held_order=held_order, transfer=transfer, settled=settled,
        waiting=_attempt(open_order, AttemptState.SENT, token="AF82041a2Bf6989c7fF9"),
    )  # fmt: skip


def _defect(journey: Journey) -> VisitPhoto:
    """A visit whose result is told: one item failed, and a photo shows it."""
    visit = _paid(journey.owner, "قنادی شیرین")
    workflow.assign(visit.pk, journey.expert, journey.manager)
    found = VisitReport.objects.create(
        request=visit, expert=journey.expert, level=4, outcome="nonconforming", state="endorsed",
        mend_by=clock.today() + timedelta(days=20), true_category=visit.place.category, comment="",
    )  # fmt: skip
    item = visit.criteria_set.criteria.get(code="PV-14")
    found.answers.create(criterion=item, value="30", passed=False, comment="تنها سی روز")
    put_photo(visit, item, picture(), journey.expert)
    VisitRequest.objects.filter(pk=visit.pk).update(status="nonconforming")
    return VisitPhoto.objects.select_related("request").get(request=visit)


def _paid(owner: User, title: str) -> VisitRequest:
    visit = workflow.open_request(make_place(owner, title), owner)
    return workflow.mark_paid([visit.pk], paid_at=clock.now())[0]


def _propose(visit: VisitRequest, expert: User, days: int) -> VisitSlot:
    day = clock.in_tehran(clock.now()) + timedelta(days=days)
    starts = day.replace(hour=15, minute=0, second=0, microsecond=0)
    return workflow.propose_time(visit.pk, expert, starts, expert, "آزمون")


def _paid_order(owner: User) -> tuple[Order, PaymentAttempt]:
    visit = workflow.open_request(make_place(owner, "عینک‌سازی نور"), owner)
    order = orders.checkout(owner, cart_of(owner).payable_rial)
    now = clock.now()
    workflow.mark_paid([visit.pk], paid_at=now)
    order.state, order.paid_at = OrderState.PAID, now
    order.save(update_fields=["state", "paid_at"])
    order.lines.update(open=False)
    attempt = _attempt(order, AttemptState.SETTLED, reference="5142510", settled_at=clock.now())
    invoicing.issue_for(order)
    _owe(order)
    return order, attempt


def _held_order(owner: User) -> tuple[Order, BankTransfer]:
    """An order with a proforma, and money on the statement that nobody matched yet."""
    workflow.open_request(make_place(owner, "آموزشگاه ایران"), owner)
    order = orders.checkout(owner, cart_of(owner).payable_rial)
    proformas.ask(owner, order.number)
    facts = Facts(order.payable_rial, clock.today(), "140300112233", "شرکت نمونه", order.number)
    return order, matching.record(facts, owner)


def _owe(order: Order) -> None:
    RefundCase.objects.create(
        order=order, reason="unplaced", paid_rial=1000, amount_rial=1000, created_at=clock.now()
    )


def _attempt(order: Order, state: str, **fields: Any) -> PaymentAttempt:
    return PaymentAttempt.objects.create(
        order=order, gateway="behpardakht", order_number=10**15 + order.pk, amount_rial=order.payable_rial,
        state=state, created_at=clock.now(), sent_at=clock.now(), **fields,
    )  # fmt: skip


def _reference(expert: User) -> None:
    today = clock.today()
    TermsVersion.objects.create(
        version=3, text="# قوانین\n\n## ۱. بخش\n\n۱. بند نخست.", effective_from=today
    )
    Announcement.objects.create(
        text="امشب از ساعت ۲۳ تا ۲۴ پیامک‌ها دیرتر می‌رسد.", audience="staff", urgency="warning", first_day=today,
        last_day=today + timedelta(days=1),
    )  # fmt: skip
    Holiday.objects.create(day=today + timedelta(days=60), name="عید")
    Closure.objects.create(
        day=today + timedelta(days=61), province=make_province(), reason="آلودگی هوا"
    )
    ExpertLeave.objects.create(
        expert=expert, first_day=today + timedelta(days=62), last_day=today + timedelta(days=63)
    )
    plan = ExpertPlan.objects.create(expert=expert, visits_a_day=4)
    for weekday in range(7):
        plan.hours.create(weekday=weekday, opens=time(8), closes=time(20))
    SpecialHours.objects.create(
        name="ماه رمضان", first_day=today + timedelta(days=70), last_day=today + timedelta(days=99),
        opens=time(9), closes=time(16),
    )  # fmt: skip
    conflict = ConflictOfInterest(
        expert=expert, kind="place", postal_code="1111111111", what="فروش"
    )
    conflicts.prepare(conflict, expert).save()
    _bank_file(expert, today)
    product = CloudProduct.objects.create(code="C-1", name="نگهداری ابری")
    CloudTariff.objects.create(product=product, level=4, days=(today, None), price_rial=900_000)
    TravelFee.objects.create(province=make_province(), days=(today, None), price_rial=0)


def _bank_file(sender: User, day: Any) -> None:
    file = BankFile.objects.create(
        gateway="behpardakht", name="report.csv", sha256="0" * 64, first_day=day, last_day=day, rows_count=1,
        uploaded_by=sender, uploaded_at=clock.now(), compared_at=clock.now(),
    )  # fmt: skip
    BankFileRow.objects.create(
        file=file,
        line=2,
        kind="only_bank",
        outcome="paid",
        order_number=1,
        amount_rial=1000,
        day=day,
    )


def _support(journey: Journey) -> None:
    owner = journey.owner
    opening.open_complaint(journey.request.pk, owner, "expert", "کارشناس پول نقد خواست.")
    draft = threads.Draft(subject="result", text="به نتیجه بازدید اعتراض دارم.")
    threads.begin(draft, owner)
    CannedAnswer.objects.create(title="سلام", text="سلام. پیام شما رسید.")


def _closed_once(owner: User) -> None:
    """The owner closed the account and took it back."""
    now = clock.now()
    AccountClosing.objects.create(
        user=owner, state="back", closed_at=now, due_at=now + timedelta(days=30), ended_at=now
    )


def _import(sender: User) -> None:
    ReferenceImport.objects.create(
        kind="cities", name="cities.csv", sha256="0" * 64, sent_by=sender, sent_at=clock.now(), checked_at=clock.now(),
        faulty=1, plan="0" * 64, report={"faults": [["2", "استان", "تهرون", "استانی با این نام نیست."]], "samples": []},
    )  # fmt: skip


def _shares(laboratory: Laboratory, closer: User) -> None:
    today = clock.today()
    ShareRule.objects.create(laboratory=laboratory, basis_points=7000, days=(today, None))
    ShareStatement.objects.create(
        laboratory=laboratory, number=f"{laboratory.code}-140212", year=1402, month=12, base_rial=10,
        laboratory_rial=7, portal_rial=3, closed_at=clock.now(), closed_by=closer,
    )  # fmt: skip


def object_of(model: str, world: World) -> Any:
    """The row of a registered model («app.model») that its office pages are tried with."""
    if not world.rows:
        world.rows = _rows(world)
    return world.rows[model]


def _rows(world: World) -> dict[str, Any]:
    place = world.journey.place
    return {
        "septam.auditevent": AuditEvent.objects.first(),
        "notifications.announcement": Announcement.objects.first(),
        "notifications.smsmessage": SmsMessage.objects.first(),
        "septam_sites.province": place.city.province if place.city else None,
        "septam_sites.city": place.city,
        "septam_sites.category": place.category,
        "septam_sites.laboratory": place.laboratory,
        "septam_sites.cloudproduct": CloudProduct.objects.first(),
        "septam_sites.place": place,
        "accounts.user": world.owner,
        "accounts.staffassignment": StaffAssignment.objects.get(user=world.journey.expert),
        "accounts.mobilechange": MobileChange.objects.first(),
        "accounts.accountclosing": AccountClosing.objects.first(),
        "accounts.secondfactorreset": SecondFactorReset.objects.first(),
        "accounts.termsversion": TermsVersion.objects.first(),
        "inspections.holiday": Holiday.objects.first(),
        "inspections.closure": Closure.objects.first(),
        "inspections.expertleave": ExpertLeave.objects.first(),
        "inspections.expertplan": ExpertPlan.objects.first(),
        "inspections.specialhours": SpecialHours.objects.first(),
        "inspections.certificate": world.certificate,
        "inspections.complaint": Complaint.objects.first(),
        "inspections.conflictofinterest": ConflictOfInterest.objects.first(),
        "inspections.criteriaset": CriteriaSet.objects.first(),
        "inspections.visitrequest": world.proposed,
        "portal.supportthread": SupportThread.objects.first(),
        "portal.cannedanswer": CannedAnswer.objects.first(),
        "billing.vatrate": VatRate.objects.first(),
        "billing.tariff": Tariff.objects.first(),
        "billing.travelfee": TravelFee.objects.first(),
        "billing.cloudtariff": CloudTariff.objects.first(),
        "billing.order": world.paid_order,
        "billing.banktransfer": world.transfer,
        "billing.bankfile": BankFile.objects.first(),
        "billing.bankfilerow": BankFileRow.objects.first(),
        "billing.paymentattempt": world.settled,
        "billing.invoice": Invoice.objects.first(),
        "billing.refundcase": RefundCase.objects.first(),
        "billing.sharerule": ShareRule.objects.first(),
        "billing.sharestatement": ShareStatement.objects.first(),
    }


def arguments_of(name: str, world: World) -> dict[str, Any]:
    """What an address of the portal (outside the office) is filled in with; empty where it takes nothing."""
    requests = dict.fromkeys(("another_time", "missed_visit", "visit_ics"), world.accepted)
    app, _colon, page = name.partition(":")
    if page in {"place_edit", "place_archive", "place_sold", "request_visit"}:
        return {"pk": world.ready_place.pk}
    if page == "expert_feed":
        return {"secret": calendar_feed.renew(world.journey.expert)}
    if page in {"slot_confirm", "slot_decline"}:
        return {"pk": world.slot_of(world.proposed).pk}
    world.fixed = fixed = world.fixed or _fixed(world)
    if page in {"captcha_image", "mobile_stop_link"}:
        return _secret_part(page)
    if name in fixed or app != "inspections" or page in {"check", "expert_check"}:
        return fixed.get(name, {})
    return {"number": requests.get(page, world.scheduling).number}


def _fixed(world: World) -> dict[str, dict[str, Any]]:
    held = {"number": world.held_order.number}
    return {
        "accounts:terms_version": {"version": 3}, "notifications:sms_status": {"secret": "guessed"},
        "sites:place_restore": {"pk": world.archived_place.pk},
        "notifications:put_away": {"pk": Announcement.objects.get().pk},
        "notifications:open_notice": {"pk": world.owner.notices.latest("pk").pk},
        "inspections:criteria": {"pk": world.journey.place.category_id},
        "inspections:certificate": {"number": world.certificate.number},
        "inspections:certificate_pdf": {"number": world.certificate.number},
        "inspections:public_certificate": {"code": world.certificate.share_code},
        "inspections:public_certificate_pdf": {"code": world.certificate.share_code},
        "inspections:report": {"number": world.photo.request.number},
        "inspections:photo": {"number": world.photo.request.number, "token": world.photo.token},
        "portal:design_page": {"name": "confirm"},
        "portal:support_thread": {"number": SupportThread.objects.get(owner=world.owner).number},
        "billing:cart_remove": {"number": world.in_cart.number},
        "billing:difference": {"number": world.scheduling.number},
        "billing:order": {"number": world.paid_order.number},
        "billing:go_to_bank": {"number": world.open_order.number},
        "billing:callback": {"gateway": "behpardakht"},
        "billing:result": {"signed": result_path(world.settled).split("/")[2]},
        "billing:receipt": {"number": world.paid_order.number},
        "billing:refund_iban": {
            "number": world.paid_order.number, "pk": world.paid_order.refund_cases.get().pk,
        },
        "billing:proforma": held, "billing:proforma_pdf": held, "billing:proforma_withdraw": held,
        "billing:report_transfer": held,
        "billing:receipt_pdf": {"number": world.paid_order.number},
        "billing:order_buyer": {"number": world.open_order.number},
        "billing:invoice": {"number": Invoice.objects.get().number},
        "billing:invoice_pdf": {"number": Invoice.objects.get().number},
    }  # fmt: skip


def _secret_part(page: str) -> dict[str, Any]:
    if page == "captcha_image":
        return {"key": challenges.fresh_picture()}
    return {"code": MobileChange.objects.get().stop_code}


PEOPLE = (
    "anonymous", "owner", "stranger", "expert", "other_expert", "lab_manager", "support", "finance",
    "manager", "unverified",
)  # fmt: skip


def browser_of(person: str, world: World) -> Client:
    """A browser in which this person is signed in; staff with a second factor, but for `unverified`."""
    if person == "anonymous":
        return Client()
    if person in ("owner", "stranger", "unverified"):
        client = Client()
        signed_in = {"owner": lambda: world.owner, "stranger": make_stranger}
        client.force_login(signed_in.get(person, lambda: make_staff(Role.MANAGER))())
        return client
    return office_client(_member(person, world))


def _member(person: str, world: World) -> User:
    ours = world.journey.place.laboratory
    if person == "expert":
        return world.journey.expert
    if person == "other_expert":
        city = make_city("تبریز", make_province("آذربایجان شرقی", "03", "041"))
        return make_expert(make_laboratory("آزمایشگاه دیگر", city))
    return make_staff(Role(person), ours if person == "lab_manager" else None)
