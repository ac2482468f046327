"""The registry of the portal's pages in their states: (name, how to reach it).

Strict parsing, axe and pictures share it; a template that none of these pages renders fails a test.
"""

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.db.models import F

from accounts.models import TermsVersion
from accounts.second_factor import devices
from billing.models import AttemptState, Order, OrderState, PaymentAttempt, Tariff, TravelFee
from billing.papers import invoicing
from inspections import numbers, queue, workflow
from inspections.certificates import validity
from inspections.certificates.public_check import BY_NUMBER
from notifications import notices
from septam import clock
from sites.models import CategoryName
from sites.place import PlaceState
from tests.accounts.steps import APPLICANT, solved
from tests.billing.settled import refund_of
from tests.front.account_pages import ACCOUNTS
from tests.front.bank_pages import BANKS
from tests.front.cart_pages import CARTS
from tests.front.error_pages import ERRORS
from tests.front.laboratory_pages import LABORATORIES
from tests.front.question_pages import QUESTIONS
from tests.front.refund_pages import REFUNDS
from tests.front.scene import Page, Scene
from tests.front.support_pages import SUPPORT
from tests.front.transfer_pages import TRANSFERS
from tests.make import make_place
from tests.people import PASSWORD

YES = {"answer": "yes"}
# A browser always sends the token along; nothing else was filled in.
EMPTY = {"csrfmiddlewaretoken": "x"}


def seen(name: str, url: str, **query: str) -> Page:
    """A page that a visitor opens."""
    return Page(name, lambda scene: scene.visitor.get(scene.url(url), query))


def owned(name: str, url: str, status: int = 200, **query: str) -> Page:
    """A page that the owner opens."""
    return Page(name, lambda scene: scene.owner.get(scene.url(url), query), status)


def sent(name: str, url: str, data: dict[str, Any], status: int = 200) -> Page:
    """What a visitor gets back for a form."""
    return Page(name, lambda scene: scene.visitor.post(scene.url(url), data), status)


def answered(name: str, url: str, data: dict[str, Any], status: int = 200) -> Page:
    """What the owner gets back for a form."""
    return Page(name, lambda scene: scene.owner.post(scene.url(url), data), status)


def new(name: str, url: str) -> Page:
    """A page of an owner who has nothing yet."""
    return Page(name, lambda scene: scene.newcomer().get(scene.url(url)))


# --- visitors -------------------------------------------------------------------------------------------


def _prices_without_any(scene: Scene) -> Any:
    Tariff.objects.all().delete()
    return scene.visitor.get("/prices/")


def _prices(**asked: str) -> Any:
    def reach(scene: Scene) -> Any:
        TravelFee.objects.update(price_rial=900_000)
        return scene.visitor.get("/prices/", asked)

    return reach


def _terms_without_any(scene: Scene) -> Any:
    TermsVersion.objects.all().delete()
    return scene.visitor.get("/terms/")


def _registration(**changes: str) -> Any:
    def reach(scene: Scene) -> Any:
        client = scene.visitor
        form = {**APPLICANT, **solved(client.get("/register/")), **changes}
        return client.post("/register/", form, follow=True)

    return reach


def _recovery(scene: Scene) -> Any:
    client = scene.visitor
    form = {"account": "09121234567", **solved(client.get("/recover/"))}
    return client.post("/recover/", form, follow=True)


def _tired_of_trying(scene: Scene) -> Any:
    client = scene.visitor
    for _time in range(12):
        answer = client.post("/sign-in/", {"account": "09121234567", "password": "wrong-one"})
    return answer


def _code_asked(code: str | None) -> Any:
    def reach(scene: Scene) -> Any:
        client = scene.visitor
        client.post("/sign-in/code/", {"account": "09121234567"})
        address = "/sign-in/code/enter/"
        return client.get(address) if code is None else client.post(address, {"code": code})

    return reach


def _code_void(scene: Scene) -> Any:
    client = scene.visitor
    client.post("/sign-in/code/", {"account": "09121234567"})
    return [client.post("/sign-in/code/enter/", {"code": "1"}) for _time in range(6)][-1]


def _where_the_sms_is(scene: Scene) -> Any:
    client = scene.visitor
    client.post("/recover/", {"account": "09121234567", **solved(client.get("/recover/"))})
    client.post("/sign-in/code/", {"account": "09121234567"})
    return client.get("/sign-in/sms/")


def _where_the_registrations_sms_is(scene: Scene) -> Any:
    client = scene.visitor
    form = {**APPLICANT, **solved(client.get("/register/")), "mobile": "09127654321"}
    client.post("/register/", form)
    return client.get("/sign-in/sms/")


# A number with a right check digit, of no certificate.
UNKNOWN = next(
    f"{number:011}" for number in range(10**9, 10**9 + 99) if numbers.is_valid(f"{number:011}")
)


def _checked_too_often(scene: Scene) -> Any:
    client = scene.visitor
    for _time in range(BY_NUMBER.times + 1):
        answer = client.get("/check/", {"number": UNKNOWN})
    return answer


def _earlier_terms(scene: Scene) -> Any:
    TermsVersion.objects.create(
        version=2,
        text="# قوانین پیشین\n\n## بند یک\n\nهزینه بازدید پیش از آن پرداخت می‌شود.",
        effective_from=date(2020, 3, 21),
    )
    return scene.visitor.get("/terms/2/")


def _withdraw(scene: Scene) -> Any:
    paid = scene.world.paid_order.lines.first().request
    page = scene.url("inspections:withdraw", number=paid.number)
    scene.world.paid_order.refund_cases.all().delete()
    return scene.owner.get(page)


VISITORS = [
    seen("home", "portal:home"),
    seen("guide", "portal:guide"),
    seen("prices", "portal:prices"),
    Page("prices-none", _prices_without_any),
    Page(
        "prices-reckoned",
        _prices(category="طلا و جواهر فروشی", area="۳۸/۵", city="استان تهران - تهران"),
    ),
    Page("prices-errors", _prices(category="طلا", area="-1", city="ته")),
    seen("support", "portal:support"),
    seen("terms", "accounts:terms"),
    Page("terms-earlier", _earlier_terms),
    Page("terms-none", _terms_without_any),
    seen("cookies", "accounts:cookies"),
    seen("register", "accounts:register"),
    sent("register-errors", "accounts:register", EMPTY),
    sent("register-captcha-in-words", "accounts:register", {**APPLICANT, "captcha_new": "words"}),
    Page("register-taken", _registration()),
    Page("register-done", _registration(mobile="09127654321")),
    seen("recover", "accounts:recover"),
    sent("recover-errors", "accounts:recover", EMPTY),
    Page("recover-done", _recovery),
    seen("sign-in", "accounts:sign_in"),
    sent("sign-in-errors", "accounts:sign_in", EMPTY),
    sent("sign-in-wrong", "accounts:sign_in", {"account": "09121234567", "password": "wrong-one"}),
    Page("sign-in-wait", _tired_of_trying),
    seen("code", "accounts:sign_in_code"),
    sent("code-errors", "accounts:sign_in_code", EMPTY),
    Page("code-enter", _code_asked(None)),
    Page("code-enter-errors", _code_asked("1")),
    Page("code-enter-void", _code_void),
    seen("sms-where-empty", "accounts:sms_where"),
    Page("sms-where", _where_the_sms_is),
    Page("sms-where-told", _where_the_registrations_sms_is),
    seen("categories", "sites:category_browse"),
    seen("categories-found", "sites:category_browse", q="طلا"),
    seen("categories-not-found", "sites:category_browse", q="ققققق"),
    seen("categories-one", "sites:category_browse", q="طلا و جواهر فروشی"),
    seen("criteria", "inspections:criteria"),
    seen("criteria-checked", "inspections:criteria", check="1", have="PV-14"),
    seen("check", "inspections:check"),
    seen("check-errors", "inspections:check", number="x"),
    seen("check-unknown", "inspections:check", number=UNKNOWN),
    Page("check-too-often", _checked_too_often, 429),
    seen("expert-check", "inspections:expert_check"),
    seen("expert-check-errors", "inspections:expert_check", code=""),
    seen("expert-check-unknown", "inspections:expert_check", code="99999"),
    seen("callback-without-fields", "billing:callback"),
    sent(
        "callback-unknown",
        "billing:callback",
        {"RefId": "x", "SaleOrderId": "1", "ResCode": "0"},
        404,
    ),
]


# --- certificates ---------------------------------------------------------------------------------------


def _certificate(url: str, change: Any = None) -> Any:
    def reach(scene: Scene) -> Any:
        if change is not None:
            change(scene)
        client = scene.owner if url == "inspections:certificate" else scene.visitor
        return client.get(scene.url(url))

    return reach


def _lapse(scene: Scene) -> None:
    clock.move_to(clock.now() + timedelta(days=400))


def _near_end(scene: Scene) -> None:
    clock.move_to(clock.now() + timedelta(days=160))


def _revoke(scene: Scene) -> None:
    validity.revoke(
        scene.world.certificate.pk, scene.world.journey.manager, "دوربین‌ها برچیده شده است"
    )


def _own_check(page: str) -> Any:
    def reach(scene: Scene) -> Any:
        world = scene.world
        if page == "check":
            return scene.visitor.get("/check/", {"number": world.certificate.number})
        code = world.journey.expert.assignments.get().code
        return scene.visitor.get("/expert/", {"code": code})

    return reach


OWN, PUBLIC = "inspections:certificate", "inspections:public_certificate"
CERTIFICATES = [
    Page("certificate", _certificate(OWN)),
    Page("certificate-near-its-end", _certificate(OWN, _near_end)),
    Page("certificate-expired", _certificate(OWN, _lapse)),
    Page("certificate-revoked", _certificate(OWN, _revoke)),
    owned("certificate-pdf-in-making", "inspections:certificate_pdf", 202),
    Page("public-certificate", _certificate(PUBLIC)),
    Page("public-certificate-expired", _certificate(PUBLIC, _lapse)),
    Page("public-certificate-revoked", _certificate(PUBLIC, _revoke)),
    Page("public-certificate-unknown", lambda scene: scene.visitor.get("/c/ABCDEFGHJKMN/"), 404),
    Page("check-found", _own_check("check")),
    Page("expert-check-found", _own_check("expert")),
]


# --- an owner's places and account ----------------------------------------------------------------------

# A place that is wrong everywhere, and one that is sent only to search by the button.
WRONG = {
    "title": "", "postal_code": "1", "area": "x", "representative_phone": "1", "city": "ققققق",
    "category": "ققققق", "complete": "on",
}  # fmt: skip


def _searched(field: str, typed: str) -> Any:
    def reach(scene: Scene) -> Any:
        category = scene.world.journey.place.category
        for number in range(3):
            CategoryName.objects.create(
                category=category, name=f"طلا فروشی {number}", search_key=f"طلافروشی{number}"
            )
        return scene.owner.post(
            "/places/new/form/", {"title": "طلا", field: typed, "search": field}
        )

    return reach


def _place(url: str, title: str, data: dict[str, str] | None = None, **fields: Any) -> Any:
    """A page of one more place."""

    def reach(scene: Scene) -> Any:
        place = make_place(scene.world.owner, title, **fields)
        address = scene.url(url, pk=place.pk)
        return scene.owner.get(address) if data is None else scene.owner.post(address, data)

    return reach


def _frozen(url: str) -> Any:
    return lambda scene: scene.owner.get(scene.url(url, pk=scene.world.proposed.place_id))


def _many_places(query: str) -> Any:
    def reach(scene: Scene) -> Any:
        for number in range(15):
            make_place(scene.world.owner, f"شعبه {number}", state=PlaceState.DRAFT)
        return scene.owner.get(f"/places/?{query}")

    return reach


def _many_notices(scene: Scene) -> Any:
    for number in range(25):
        notices.add(scene.world.owner.pk, "x", f"اعلان {number}", "متن اعلان", "/history/")
    return scene.owner.get("/notices/?page=2")


def _some_read(scene: Scene) -> Any:
    owner_id = scene.world.owner.pk
    notices.mark_read(owner_id, [notice.pk for notice in notices.of(owner_id)[::2]])
    return scene.owner.get("/notices/")


def _laboratories(scene: Scene) -> Any:
    return scene.owner.get(
        "/suggest/laboratories/", {"city": str(scene.world.journey.place.city_id)}
    )


ACCOUNT = [
    Page("home-signed-in", lambda scene: scene.owner.get("/")),
    owned("places", "portal:places"),
    new("places-none", "portal:places"),
    owned("places-archived", "portal:places", show="archived"),
    Page("places-many", _many_places("page=2")),
    Page("places-searched", _many_places("q=شعبه")),
    Page("places-not-found", _many_places("q=ققققق")),
    owned("history", "portal:history"),
    new("history-none", "portal:history"),
    owned("notices", "notifications:notices"),
    new("notices-none", "notifications:notices"),
    Page("notices-many", _many_notices),
    Page("notices-mixed", _some_read),
    Page("notices-unread", lambda scene: scene.owner.get("/notices/?show=unread")),
    Page("notices-all-read", lambda scene: scene.newcomer().get("/notices/?show=unread")),
    owned("sms-choice", "notifications:sms_choice"),
    Page("sms-choice-saved", lambda scene: scene.owner.post("/notices/sms/", EMPTY, follow=True)),
    Page("profile-first", lambda scene: scene.newcomer(with_profile=False).get("/profile/")),
    owned("profile", "accounts:profile"),
    answered("profile-errors", "accounts:profile", EMPTY),
    answered(
        "profile-company-errors",
        "accounts:profile",
        {"kind": "company", "name": "x", "national_id": "1"},
    ),
    owned("password", "accounts:password"),
    answered(
        "password-errors",
        "accounts:password",
        {"present": "wrong-one", "password": "1", "again": "2"},
    ),
    Page(
        "password-changed",
        lambda scene: scene.owner.post(
            "/password/",
            {"present": PASSWORD, "password": "کبوتر-۵۸۲۱", "again": "کبوتر-۵۸۲۱"},
            follow=True,
        ),
    ),
    owned("place-new", "sites:place_new"),
    owned("place-form", "sites:place_create"),
    answered("place-form-errors", "sites:place_create", WRONG),
    Page("place-form-searched", _searched("category", "طلا")),
    Page("place-form-city-searched", _searched("city", "تهران")),
    Page("place-form-trade-unfound", _searched("category", "فضانوردی")),
    owned("place-edit", "sites:place_edit"),
    answered("place-edit-errors", "sites:place_edit", WRONG),
    Page("place-edit-frozen", _frozen("sites:place_edit")),
    Page("place-edit-archived", _place("sites:place_edit", "شعبه بسته", state=PlaceState.ARCHIVED)),
    owned("place-archive", "sites:place_archive"),
    Page("place-archive-refused", _frozen("sites:place_archive")),
    Page("laboratories", _laboratories, is_part=True),
]


# --- requests and visits --------------------------------------------------------------------------------


def _story(name: str) -> Page:
    return Page(f"request-{name}", lambda scene: scene.page_of(getattr(scene.world, name)))


def _ended(outcome: str, *, endorsed: bool = True, failing: str = "") -> Any:
    return lambda scene: scene.page_of(scene.end(outcome, endorsed=endorsed, failing=failing))


def _with_usual_wait(scene: Scene) -> Any:
    with patch.object(queue, "FEWEST", 2):
        return scene.owner.get(scene.url("inspections:request_visit"))


def _cancelled(scene: Scene) -> Any:
    workflow.cancel(scene.world.scheduling.pk, scene.world.journey.manager, "به خواست مالک")
    return scene.page_of(scene.world.scheduling)


def _stale(scene: Scene) -> Any:
    slot = scene.world.slot_of(scene.world.proposed)
    workflow.reschedule(scene.world.proposed.pk, scene.world.journey.manager, "")
    return scene.owner.post(scene.url("inspections:slot_confirm", pk=slot.pk), YES)


def _confirmed(scene: Scene) -> Any:
    return scene.owner.post(scene.url("inspections:slot_confirm"), YES, follow=True)


def _sheet_of_accepted(scene: Scene) -> Any:
    return scene.owner.get(
        scene.url("inspections:request_sheet", number=scene.world.accepted.number)
    )


def _missed(scene: Scene) -> Any:
    clock.move_to(scene.world.slot_of(scene.world.accepted).starts_at + timedelta(hours=2))
    return scene.owner.get(scene.url("inspections:missed_visit"))


REQUESTS = [
    owned("request-visit", "inspections:request_visit"),
    Page("request-visit-usual-wait", _with_usual_wait),
    Page(
        "request-visit-incomplete",
        _place("inspections:request_visit", "نیمه", state=PlaceState.DRAFT),
        409,
    ),
    Page("request-visit-twice", _frozen("inspections:request_visit"), 409),
    *(_story(name) for name in ("in_cart", "scheduling", "proposed", "accepted")),
    Page("request-visited", _ended("conforming", endorsed=False)),
    Page("request-certified", lambda scene: scene.page_of(scene.world.journey.request)),
    Page("request-certified-advised", _ended("conforming", failing="PV-14")),
    Page("request-nonconforming", _ended("nonconforming", failing="PV-14")),
    owned("report", "inspections:report"),
    Page("request-no-show", _ended("absent", endorsed=False)),
    Page("request-cancelled", _cancelled),
    owned("sheet", "inspections:request_sheet"),
    Page("sheet-accepted", _sheet_of_accepted),
    owned("slot-confirm", "inspections:slot_confirm"),
    Page("slot-confirmed", _confirmed),
    Page("slot-stale", _stale, 409),
    owned("slot-decline", "inspections:slot_decline"),
    Page("withdraw", _withdraw),
    owned("another-time", "inspections:another_time"),
    owned("hours", "inspections:name_hours"),
    answered("hours-errors", "inspections:name_hours", YES | EMPTY),
    Page("missed-visit", _missed),
    answered("missed-visit-too-early", "inspections:missed_visit", YES, 409),
]


# --- cart, bank and receipt -----------------------------------------------------------------------------


# These say what «sent» and «returned» say.
SAME_WORDS = (AttemptState.CREATED, AttemptState.ABANDONED, AttemptState.VERIFYING)


PAID_TRIES = (AttemptState.SETTLED, AttemptState.DUPLICATE)
# The bank names its reference only for a payment that was made.
WITHOUT_REFERENCE = (AttemptState.SENT, AttemptState.FAILED, AttemptState.CANCELLED)


def _result(state: str, name: str = "", **fields: Any) -> Page:
    """What a payment in this state tells, with the fields that such a one has."""

    def reach(scene: Scene) -> Any:
        order_state = OrderState.PAID if state in PAID_TRIES else OrderState.OPEN
        attempt = scene.world.settled
        told = fields if state == AttemptState.SETTLED else {"settled_at": None} | fields
        if state in WITHOUT_REFERENCE:
            told["reference"] = ""
        PaymentAttempt.objects.filter(pk=attempt.pk).update(state=state, **told)
        Order.objects.filter(pk=attempt.order_id).update(state=order_state)
        return scene.visitor.get(scene.url("billing:result"))

    return Page(f"result-{name or state}", reach)


def _order(state: str) -> Page:
    def reach(scene: Scene) -> Any:
        page = scene.url("billing:order")
        Order.objects.filter(pk=scene.world.paid_order.pk).update(state=state)
        scene.world.paid_order.refund_cases.all().delete()
        return scene.owner.get(page)

    return Page(f"order-{state}", reach)


def _open_order(scene: Scene) -> Any:
    PaymentAttempt.objects.filter(pk=scene.world.waiting.pk).delete()
    return scene.owner.get(scene.url("billing:order", number=scene.world.open_order.number))


def _without_tries(scene: Scene) -> Any:
    PaymentAttempt.objects.filter(pk=scene.world.waiting.pk).update(state=AttemptState.FAILED)
    return scene.owner.get(scene.url("billing:order", number=scene.world.open_order.number))


def _credit_note(scene: Scene) -> Any:
    """Half of the paid order was returned."""
    with transaction.atomic():
        note = invoicing.credit(refund_of(scene.world.paid_order, None, 1_000_000))
    assert note is not None
    return scene.owner.get(scene.url("billing:invoice", number=note.number))


MONEY = [
    *CARTS,
    owned("orders", "billing:orders"),
    new("orders-empty", "billing:orders"),
    *(_order(state) for state in (OrderState.PAID, OrderState.CANCELLED)),
    Page("order-open", _open_order),
    Page("order-try-again", _without_tries),
    owned("go-to-bank", "billing:go_to_bank"),
    *(_result(state) for state in AttemptState.values if state not in SAME_WORDS),
    _result(AttemptState.FAILED, "not-enough-money", token="R51", result_code="12"),
    _result(AttemptState.DUPLICATE, "duplicate-taken", settled_at=F("settled_at")),
    owned("receipt", "billing:receipt"),
    owned("invoice", "billing:invoice"),
    Page("invoice-credit-note", _credit_note),
    owned("order-buyer", "billing:order_buyer"),
    answered("order-buyer-empty", "billing:order_buyer", EMPTY | {"kind": "company"}),
]


# --- the staff's second factor --------------------------------------------------------------------------


def _staff(path: str, data: dict[str, str] | None = None, *, enrolled: bool = False) -> Any:
    def reach(scene: Scene) -> Any:
        user, client = scene.member()
        device = devices.waiting_device(user)
        if enrolled:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
        return client.get(path) if data is None else client.post(path, data)

    return reach


def _recovery_codes(scene: Scene) -> Any:
    user, client = scene.member()
    code = devices.current_code(devices.waiting_device(user))
    return client.post("/office/second-factor/", {"token": code})


STAFF = [
    Page("enrol", _staff("/office/second-factor/")),
    Page("enrol-errors", _staff("/office/second-factor/", {"token": "1"})),
    Page("recovery-codes", _recovery_codes),
    Page("verify", _staff("/office/verify/", enrolled=True)),
    Page("verify-errors", _staff("/office/verify/", {"token": "x"}, enrolled=True)),
]

PAGES: list[Page] = [
    *VISITORS,
    *ERRORS,
    *CERTIFICATES,
    *ACCOUNT,
    *ACCOUNTS,
    *QUESTIONS,
    *REQUESTS,
    *MONEY,
    *TRANSFERS,
    *LABORATORIES,
    *REFUNDS,
    *BANKS,
    *SUPPORT,
    *STAFF,
]
