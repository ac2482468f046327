"""Paid visits whose expert found more or less than was declared."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Role, User
from billing import orders
from billing.cart import cart_of
from billing.models import Order, OrderLine, Tariff, TravelFee, VatRate
from inspections import workflow
from inspections.models import VisitReport, VisitRequest
from septam import clock
from sites.models import Level, Place
from tests.billing.settled import settle
from tests.make import make_category, make_laboratory, make_place
from tests.people import make_expert, make_owner, make_staff

# Saturday 25 Farvardin 1403, 10 in the morning.
START = datetime(2024, 4, 13, 10, tzinfo=clock.TEHRAN)
SMALL_FEE, LARGE_FEE, LOW_LEVEL_FEE, TRAVEL = 6_000_000, 9_000_000, 4_000_000, 500_000
SMALL, LARGE = Decimal("38.50"), Decimal("120.00")


def make_banded_prices() -> None:
    """Below and from 100 square metres; a lower level costs less; a travel fee; 10 % VAT."""
    VatRate.objects.create(basis_points=1000, days=(date(2024, 3, 20), None))
    days = (date(2024, 3, 20), None)
    for kind in ("first", "revisit", "repeat"):
        for level in Level.values:
            small = SMALL_FEE if level == Level.SL4 else LOW_LEVEL_FEE
            for area, price in (((0, 100), small), ((100, None), LARGE_FEE)):
                Tariff.objects.create(
                    kind=kind, level=level, area=area, days=days, price_rial=price
                )


class Visited:
    """An owner who paid for a place of this area, and the laboratory's people."""

    def __init__(self, area: Decimal = SMALL, owner: User | None = None) -> None:
        clock.move_to(START)
        if not VatRate.objects.exists():
            make_banded_prices()
        self.owner = owner or make_owner()
        self.laboratory = make_laboratory()
        self.expert = make_expert(self.laboratory)
        self.manager = make_staff(Role.LAB_MANAGER, self.laboratory)
        self.place: Place = make_place(self.owner, area=area)
        if not TravelFee.objects.exists():
            TravelFee.objects.create(
                province=self.laboratory.city.province, days=(date(2024, 3, 20), None), price_rial=TRAVEL,
            )  # fmt: skip
        self.request = self.paid()

    def paid(self) -> VisitRequest:
        """A new request of the place, paid by card."""
        request = workflow.open_request(self.place, self.owner)
        settle(orders.checkout(self.owner, cart_of(self.owner).payable_rial))
        request.refresh_from_db()
        return request

    def visit(
        self, measured: Decimal = SMALL, outcome: str = "conforming", level: int = Level.SL4
    ) -> VisitReport:
        """The expert comes and hands the report in."""
        day = clock.in_tehran(clock.now()) + timedelta(days=2)
        starts = day.replace(hour=15, minute=0, second=0, microsecond=0)
        slot = workflow.propose_time(self.request.pk, self.expert, starts, self.expert, "آزمون")
        workflow.confirm_time(slot.pk, self.owner)
        clock.move_to(starts + timedelta(hours=1))
        report = VisitReport.objects.create(
            request=self.request, expert=self.expert, outcome=outcome, level=level, measured_area=measured,
            true_category=make_category("کتابفروشی", level) if level != Level.SL4 else self.place.category,
        )  # fmt: skip
        return workflow.submit_report(report.pk, self.expert)

    def endorse(self, report: VisitReport) -> str:
        """The laboratory stands by it; where the request stands then, with its short reason."""
        workflow.endorse(report.pk, self.manager)
        return self.stands()

    def stands(self) -> str:
        """Status and short reason."""
        self.request.refresh_from_db()
        return f"{self.request.status} {self.request.reason}".strip()

    def difference(self) -> Order | None:
        """The newest order of a difference of the request."""
        lines = OrderLine.objects.filter(request=self.request, kind="diff")
        line = lines.select_related("order").order_by("-pk").first()
        return line.order if line else None
