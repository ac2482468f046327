"""The laboratories' share: each fee and each refund in one statement, and all statements add up to what was earned."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Role, User
from billing import completion
from billing.models import (
    LineKind,
    Order,
    OrderLine,
    OrderState,
    RefundCase,
    ShareRow,
    ShareRule,
    ShareStatement,
)
from billing.shares import earned, statements
from billing.shares.months import Month
from inspections import workflow
from septam import clock
from sites.models import Laboratory
from tests.make import make_laboratory, make_place
from tests.people import make_owner, make_staff

pytestmark = pytest.mark.django_db
START = datetime(2026, 4, 1, 12, tzinfo=clock.TEHRAN)  # 12 Farvardin 1405
FARVARDIN, ORDIBEHESHT = Month(1405, 1), Month(1405, 2)


@pytest.fixture
def finance() -> User:
    return make_staff(Role.FINANCE)


@pytest.fixture
def owner() -> User:
    clock.move_to(START)
    return make_owner()


def make_rule(laboratory: Laboratory, basis_points: int = 7000, kind: str = "") -> ShareRule:
    return ShareRule.objects.create(
        laboratory=laboratory, kind=kind, basis_points=basis_points,
        days=(START.date().replace(month=1, day=1), None),
    )  # fmt: skip


def paid_visit(owner: User, title: str, base_rial: int = 6_360_000) -> OrderLine:
    """A visit that was paid now, at this base amount and 10 % VAT."""
    request = workflow.open_request(make_place(owner, title), owner)
    vat = base_rial // 10
    order = Order.objects.create(
        number=f"ORD{request.pk:08}", owner=owner, base_rial=base_rial, vat_rial=vat,
        payable_rial=base_rial + vat, created_at=clock.now(),
    )  # fmt: skip
    line = OrderLine.objects.create(
        order=order, request=request, kind=LineKind.VISIT, title=title, amount_rial=base_rial,
        vat_basis_points=1000, vat_rial=vat,
    )  # fmt: skip
    completion.complete(order, None, clock.now())
    return line


def returned(line: OrderLine, amount_rial: int, actor: User) -> RefundCase:
    """A refund of the request that was done now."""
    now = clock.now()
    number = RefundCase.objects.count()
    return RefundCase.objects.create(
        order=line.order, request=line.request, reason="withdrawn", state="done", created_at=now,
        paid_rial=line.amount_rial + line.vat_rial, amount_rial=amount_rial, approved_by=actor,
        approved_at=now, done_by=actor, done_at=now, method="card", reference=f"REF{number:05}",
    )  # fmt: skip


def to_month(month: Month, days: int = 3) -> None:
    clock.move_to(month.begins + timedelta(days=days))


def test_a_paid_visit_is_shared_by_the_rule_and_cut_to_whole_rial(
    owner: User, finance: User
) -> None:
    line = paid_visit(owner, "طلافروشی حسینی", 1_000_001)
    laboratory = line.request.laboratory
    make_rule(laboratory, 6_667)
    to_month(ORDIBEHESHT)
    statement = statements.close(laboratory.pk, FARVARDIN, finance)
    assert statement.number == f"{laboratory.code}-140501"
    assert (statement.laboratory_rial, statement.portal_rial) == (666_700, 333_301)
    assert statement.rows.count() == 1


def test_a_refund_of_the_same_month_leaves_nothing_of_the_fee(owner: User, finance: User) -> None:
    line = paid_visit(owner, "طلافروشی حسینی")
    laboratory = line.request.laboratory
    make_rule(laboratory)
    returned(line, line.amount_rial + line.vat_rial, finance)
    to_month(ORDIBEHESHT)
    statement = statements.close(laboratory.pk, FARVARDIN, finance)
    assert statement.rows.count() == 2
    assert (statement.base_rial, statement.laboratory_rial, statement.portal_rial) == (0, 0, 0)


def test_a_later_refund_is_a_correction_of_its_own_month(owner: User, finance: User) -> None:
    line = paid_visit(owner, "طلافروشی حسینی")
    laboratory = line.request.laboratory
    make_rule(laboratory)
    to_month(ORDIBEHESHT)
    first = statements.close(laboratory.pk, FARVARDIN, finance)
    returned(line, (line.amount_rial + line.vat_rial) // 2, finance)
    to_month(Month(1405, 3))
    second = statements.close(laboratory.pk, ORDIBEHESHT, finance)
    first.refresh_from_db()
    assert first.laboratory_rial == 6_360_000 * 7 // 10
    assert second.base_rial == -3_180_000
    assert second.laboratory_rial == -3_180_000 * 7 // 10
    assert second.rows.get().refund is not None


def test_a_rule_of_its_own_kind_goes_before_the_one_of_all_kinds(owner: User) -> None:
    line = paid_visit(owner, "طلافروشی حسینی")
    laboratory = line.request.laboratory
    make_rule(laboratory, 5000)
    make_rule(laboratory, 8000, kind="first")
    assert earned.rows_until(laboratory, clock.now() + timedelta(days=1))[0].basis_points == 8000


def test_a_month_without_a_rule_cannot_be_closed(owner: User, finance: User) -> None:
    laboratory = paid_visit(owner, "طلافروشی حسینی").request.laboratory
    to_month(ORDIBEHESHT)
    with pytest.raises(statements.NotPossible, match="قاعده"):
        statements.close(laboratory.pk, FARVARDIN, finance)


def test_a_month_is_closed_once_when_it_is_over_and_in_its_turn(owner: User, finance: User) -> None:
    laboratory = paid_visit(owner, "طلافروشی حسینی").request.laboratory
    make_rule(laboratory)
    with pytest.raises(statements.NotPossible):
        statements.close(laboratory.pk, FARVARDIN, finance)
    to_month(Month(1405, 3))
    statements.close(laboratory.pk, ORDIBEHESHT, finance)
    for month in (FARVARDIN, ORDIBEHESHT):
        with pytest.raises(statements.NotPossible):
            statements.close(laboratory.pk, month, finance)
    assert statements.next_month(laboratory) == Month(1405, 3)


def test_the_database_closes_a_month_once_and_takes_a_fee_once(owner: User, finance: User) -> None:
    line = paid_visit(owner, "طلافروشی حسینی")
    make_rule(line.request.laboratory)
    to_month(ORDIBEHESHT)
    statement = statements.close(line.request.laboratory_id, FARVARDIN, finance)
    found = statements.draft(statement.laboratory, FARVARDIN)
    with pytest.raises(IntegrityError, match=r"statement_once|number"), transaction.atomic():
        statements._write(found, finance)
    row = statement.rows.get()
    row.pk, row._state.adding = None, True
    with pytest.raises(IntegrityError, match="share_once"), transaction.atomic():
        row.save(force_insert=True)


def test_a_closed_statement_never_changes_but_for_the_mark_of_its_payment(
    owner: User, finance: User
) -> None:
    line = paid_visit(owner, "طلافروشی حسینی")
    make_rule(line.request.laboratory)
    to_month(ORDIBEHESHT)
    statement = statements.close(line.request.laboratory_id, FARVARDIN, finance)
    rows, kept = ShareRow.objects.all(), ShareStatement.objects.all()
    for change in (
        lambda: kept.update(closed_at=clock.now()),
        lambda: kept.update(number="1"),
        lambda: rows.update(at=clock.now()),
        lambda: rows._raw_delete("default"),
        lambda: kept._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            change()
    statements.note_payment(statement.pk, finance, "778899")
    with pytest.raises(statements.NotPossible):
        statements.note_payment(statement.pk, finance, "112233")
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        kept.update(paid_reference="112233")


def test_money_that_placed_no_visit_is_no_laboratorys(owner: User) -> None:
    line = paid_visit(owner, "طلافروشی حسینی")
    Order.objects.filter(pk=line.order_id).update(
        state=OrderState.PAID_UNPLACED, paid_at=clock.now() + timedelta(minutes=1)
    )
    assert earned.rows_until(line.request.laboratory, clock.now() + timedelta(days=1)) == []


def test_a_negative_month_has_nothing_to_pay(owner: User, finance: User) -> None:
    line = paid_visit(owner, "طلافروشی حسینی")
    laboratory = line.request.laboratory
    make_rule(laboratory)
    to_month(ORDIBEHESHT)
    statements.close(laboratory.pk, FARVARDIN, finance)
    returned(line, line.amount_rial, finance)
    to_month(Month(1405, 3))
    second = statements.close(laboratory.pk, ORDIBEHESHT, finance)
    with pytest.raises(statements.NotPossible):
        statements.note_payment(second.pk, finance, "778899")


def test_rules_of_one_kind_do_not_overlap() -> None:
    laboratory = make_laboratory()
    make_rule(laboratory)
    with pytest.raises(IntegrityError, match="share_rules_do_not_overlap"), transaction.atomic():
        make_rule(laboratory, 100)
    make_rule(laboratory, 100, kind="revisit")


# The month of the payment, the base amount, and how many months later how much percent goes back.
VISIT = st.tuples(
    st.integers(1, 4), st.integers(1, 9_999_999), st.integers(0, 2), st.integers(0, 100)
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(visits=st.lists(VISIT, min_size=1, max_size=5), basis_points=st.integers(0, 10_000))
def test_all_statements_together_are_the_share_of_what_was_paid_and_not_returned(
    visits: list[tuple[int, int, int, int]], basis_points: int
) -> None:
    with transaction.atomic():
        _check_the_sums(visits, basis_points)
        transaction.set_rollback(True)


def _check_the_sums(visits: list[tuple[int, int, int, int]], basis_points: int) -> None:
    clock.move_to(START)
    owner, finance = make_owner(), make_staff(Role.FINANCE)
    laboratory = make_laboratory()
    make_rule(laboratory, basis_points)
    back: list[tuple[int, OrderLine, int]] = []
    base = share = 0
    for month in range(1, 8):
        for number, (paid_in, amount, wait, percent) in enumerate(visits):
            if paid_in != month:
                continue
            to_month(Month(1405, month), 3 + number)
            line = paid_visit(owner, f"شعبه {number}", amount)
            paid = line.amount_rial + line.vat_rial
            part = paid * percent // 100
            back.append((month + wait, line, part))
            left = amount - amount * part // paid
            base, share = base + left, share + left * basis_points // 10_000
        to_month(Month(1405, month), 20)
        for due, line, part in back:
            if due == month and part:
                returned(line, part, finance)
        clock.move_to(Month(1405, month).ends + timedelta(hours=1))
        statements.close(laboratory.pk, Month(1405, month), finance)
    sums = ShareStatement.objects.aggregate(
        base=Sum("base_rial"), ours=Sum("portal_rial"), theirs=Sum("laboratory_rial")
    )
    assert (sums["base"], sums["theirs"], sums["ours"]) == (base, share, base - share)
    fees = ShareRow.objects.filter(refund=None).values_list("line_id", flat=True)
    assert sorted(fees) == sorted(line.pk for _due, line, _part in back)
