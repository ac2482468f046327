"""A worker that is killed at every step while weeks pass, and what people got from it, hour by hour."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from pytest_django.fixtures import Settings

from accounts.models import HolderKind, Profile, TermsVersion, User
from accounts.registration import Applicant, register
from billing import orders
from billing.cart import cart_of
from inspections import workflow
from inspections.models import VisitReport, VisitRequest, VisitSlot
from notifications import sending
from notifications.models import Notice, SmsMessage, SmsState
from septam import clock, failpoints, jalali, jobs
from septam.clock import TEHRAN
from septam.models import Job
from septam.text import HALF_SPACE
from sites.models import Place
from tests.billing.settled import settle
from tests.make import make_place
from tests.people import make_expert
from tests.simulated import Phone, ask_anew

ARRIVED = (SmsState.SENT, SmsState.DELIVERED)
# Where a step of the worker dies: with messages claimed, before any was sent.
MOBILE, REPRESENTATIVE = "09121234567", "09190001122"
DEATH = "raise sms.claim.written"
# At the end of the night, right after it, by day, and when the night has begun.
HOURS = (8, 9, 12, 16, 21)
# What else the worker does has nothing to tell: papers, banks' answers, old rows.
SILENT = ("make_papers", "redact", "resolve", "find_", "purge", "forget", "credit")


class Life:
    """The portal's clock and its worker. Each hour's work is begun by one that dies, and done again from the start."""

    def __init__(self, phone: Phone, settings: Settings, start: datetime) -> None:
        self.phone, self.settings = phone, settings
        # The templates at the provider name it.
        settings.BASE_URL = "https://septam.example"
        # The whole story is read at its end, a year later; else its first numbers are forgotten by then.
        settings.SMS_KEEP_DAYS = 1_000
        self.jobs = [job for job in jobs.registered() if not any(w in job.name for w in SILENT)]
        clock.move_to(start)

    def to(self, end: datetime, hours: Collection[int] = HOURS) -> None:
        """Let the worker work at these hours of each day until the moment has come, and then."""
        self.work()  # what was done just now
        at = clock.in_tehran(clock.now()).replace(minute=5, second=0, microsecond=0)
        while (at := at + timedelta(hours=1)) < end:
            if at.hour in hours:
                clock.move_to(at)
                self.work()
        clock.move_to(end)
        self.work()

    def to_day(self, month: int, day: int, hour: int, minute: int = 0, year: int = 1403) -> None:
        """The same, to a Jalali day and an hour of Tehran."""
        self.to(moment(month, day, hour, minute, year))

    def skip_to(self, month: int, day: int, hour: int, year: int = 1403) -> None:
        """The same with a look at noon of every tenth day: for months in which nothing may happen."""
        self.work()
        end = moment(month, day, hour, 0, year)
        while end - clock.now() > timedelta(days=10):
            clock.move_to(clock.now() + timedelta(days=10))
            self.work()
        clock.move_to(end)
        self.work()

    def work(self) -> None:
        """A worker's jobs; where something is to be sent one claims it and dies, and two new ones begin from the start."""
        for job in self.jobs:
            job.work()
        if self._waiting():
            self._die()
            for _worker in range(2):
                self._start_anew()
                jobs.run_due()
                self._send()
            assert not self._waiting()

    @staticmethod
    def _send() -> None:
        # One number gets one message a claim.
        while sending.send_due():
            pass

    def _waiting(self) -> bool:
        return SmsMessage.objects.filter(state=SmsState.QUEUED).exists()

    def _die(self) -> None:
        failpoints.forget()
        self.settings.FAILPOINT = DEATH
        try:
            self._send()
        except failpoints.Hit:
            return
        finally:
            self.settings.FAILPOINT = ""
        raise AssertionError("nothing was claimed, so that nobody died")

    def _start_anew(self) -> None:
        """A process that knows nothing, after the leases of the dead one ran out; every job is due again."""
        clock.forget()
        ask_anew()
        past = clock.machine_now() - timedelta(minutes=1)
        SmsMessage.objects.exclude(leased_until=None).update(leased_until=past)
        names = [job.name for job in self.jobs]
        Job.objects.filter(name__in=names).update(leased_until=past, due_at=clock.now())
        held = clock.machine_now() + timedelta(minutes=5)
        Job.objects.exclude(name__in=names).update(leased_until=held)


class Owner:
    """Who registers, pays and answers; and the expert who visits."""

    def __init__(self) -> None:
        applicant = Applicant("محمد", "حسینی", MOBILE)
        terms = TermsVersion.objects.create(
            version=1, text="# قوانین", effective_from=clock.today()
        )
        self.user: User = register(applicant, terms)
        Profile.objects.create(
            user=self.user, kind=HolderKind.PERSON, name="محمد حسینی", national_id="0499370899"
        )
        self.place: Place = make_place(self.user, representative_phone=REPRESENTATIVE)
        assert self.place.laboratory is not None
        self.expert = make_expert(self.place.laboratory)
        self.manager = User.objects.create_user("lab-manager", is_staff=True)

    def ask(self) -> VisitRequest:
        """Into the cart."""
        return workflow.open_request(self.place, self.user)

    def pay(self) -> None:
        """Everything in the cart."""
        settle(orders.checkout(self.user, cart_of(self.user).payable_rial))

    def propose(self, request: VisitRequest, starts_at: datetime) -> VisitSlot:
        """The expert's time, on whatever day."""
        return workflow.propose_time(request.pk, self.expert, starts_at, self.expert, "وقت کارشناس")

    def visited(self, request: VisitRequest, outcome: str = "conforming") -> VisitReport:
        """The expert was there and hands the report in."""
        report = VisitReport.objects.create(
            request=request, expert=self.expert, outcome=outcome, level=4
        )
        return workflow.submit_report(report.pk, self.expert)


def moment(month: int, day: int, hour: int, minute: int = 0, year: int = 1403) -> datetime:
    """A Jalali day of 1403 (unless told otherwise) and an hour of Tehran."""
    date = jalali.to_gregorian(year, month, day)
    return datetime(date.year, date.month, date.day, hour, minute, tzinfo=TEHRAN)


def told(*people: tuple[str, User | str]) -> list[str]:
    """What these people got, by the hour: «1403/01/25 10 event sms|notice who»."""
    return sorted(line for who, person in people for line in _lines(who, person))


def _lines(who: str, person: User | str) -> Iterator[str]:
    mobile = person if isinstance(person, str) else str(person.mobile)
    for sms in SmsMessage.objects.filter(mobile=mobile, state__in=ARRIVED):
        yield f"{_when(sms.sent_at or sms.created_at)} {sms.event} sms {who}"
    if isinstance(person, User):
        for notice in Notice.objects.filter(user=person):
            yield f"{_when(notice.created_at)} {notice.event} notice {who}"


def _when(at: datetime) -> str:
    return f"{jalali.latin_date(at)} {clock.in_tehran(at).hour:02}"


def on_the_phone(phone: Phone, mobile: str) -> list[str]:
    """The texts that a phone got, oldest first; the half-spaces of tokens as the spaces that people read."""
    return [text.replace(HALF_SPACE, " ") for text in phone.messages(mobile)[::-1]]


def as_queued(mobile: str) -> list[str]:
    """The texts of the outbox that should have arrived there, oldest first; secrets stand in none."""
    rows = SmsMessage.objects.filter(mobile=mobile, state__in=ARRIVED, sensitive=False)
    texts = rows.order_by("sent_at", "pk").values_list("text", flat=True)
    return [text.replace(HALF_SPACE, " ") for text in texts]
