"""A certificate's whole life: exactly the right messages at the right hours, whatever happens to the worker."""

import pytest
from pytest_django.fixtures import Settings

from inspections import workflow
from notifications import preferences
from tests.notifications.life import (
    MOBILE,
    REPRESENTATIVE,
    Life,
    Owner,
    as_queued,
    moment,
    on_the_phone,
    told,
)
from tests.simulated import Phone

pytestmark = pytest.mark.django_db

# Day, hour (of Tehran), event, by what, to whom.
WHOLE_LIFE = """
1403/01/25 10 registration.password sms owner
1403/01/30 12 cart.lapsing notice owner
1403/01/30 12 cart.lapsing sms owner
1403/01/31 10 payment.receipt notice owner
1403/01/31 10 payment.receipt sms owner
1403/01/31 10 queue.started notice owner
1403/01/31 10 queue.started sms owner
1403/02/01 09 call.no_answer notice owner
1403/02/01 09 call.no_answer sms owner
1403/02/01 11 visit.proposed notice owner
1403/02/01 11 visit.proposed sms owner
1403/02/02 09 visit.proposal_reminder notice owner
1403/02/02 09 visit.proposal_reminder sms owner
1403/02/02 12 visit.confirmed notice owner
1403/02/02 12 visit.confirmed sms owner
1403/02/02 12 visit.substitute sms representative
1403/02/03 09 visit.tomorrow notice owner
1403/02/03 09 visit.tomorrow sms owner
1403/02/05 10 certificate.issued notice owner
1403/02/05 10 certificate.issued sms owner
1403/07/05 09 certificate.expiring notice owner
1403/07/05 09 certificate.expiring sms owner
1403/07/21 09 certificate.expiring notice owner
1403/07/21 09 certificate.expiring sms owner
1403/07/28 09 certificate.expiring notice owner
1403/07/28 09 certificate.expiring sms owner
1403/08/03 10 payment.receipt notice owner
1403/08/03 10 payment.receipt sms owner
1403/08/03 10 queue.started notice owner
1403/08/03 10 queue.started sms owner
1403/08/05 10 visit.proposed notice owner
1403/08/05 10 visit.proposed sms owner
1403/08/05 11 visit.confirmed notice owner
1403/08/05 11 visit.confirmed sms owner
1403/08/05 11 visit.substitute sms representative
1403/08/06 09 visit.tomorrow notice owner
1403/08/06 09 visit.tomorrow sms owner
1403/08/07 17 certificate.issued notice owner
1403/08/07 17 certificate.issued sms owner
1404/01/08 09 certificate.expiring notice owner
1404/01/24 09 certificate.expiring notice owner
1404/01/31 09 certificate.expiring notice owner
1404/02/06 09 certificate.last_day notice owner
1404/02/06 09 certificate.last_day sms owner
1404/02/08 09 certificate.expired notice owner
"""


def first_certificate(life: Life, owner: Owner) -> None:
    request = owner.ask()
    life.skip_to(1, 30, 8)
    life.to_day(1, 31, 10)
    owner.pay()
    life.to_day(2, 1, 9, 30)
    workflow.log_call(request.pk, owner.expert, "no_answer")
    life.to_day(2, 1, 11)
    slot = owner.propose(request, moment(2, 4, 15))
    life.to_day(2, 2, 12)
    workflow.confirm_time(slot.pk, owner.user)
    life.to_day(2, 4, 16)
    report = owner.visited(request)
    life.to_day(2, 5, 10)
    workflow.endorse(report.pk, owner.manager)
    life.work()


def its_end(life: Life) -> None:
    """30, 14 and 7 days before the last day, 5 Aban."""
    for month, day in ((7, 5), (7, 21), (7, 28)):
        life.skip_to(month, day - 1, 20)
        life.to_day(month, day + 1, 2)


def renewal(life: Life, owner: Owner) -> None:
    """Two days before the end; nobody is reminded of it any more."""
    life.skip_to(8, 3, 10)
    request = owner.ask()
    owner.pay()
    life.to_day(8, 5, 10)
    slot = owner.propose(request, moment(8, 7, 15))
    life.to_day(8, 5, 11)
    workflow.confirm_time(slot.pk, owner.user)
    life.to_day(8, 7, 17)
    workflow.endorse(owner.visited(request).pk, owner.manager)
    life.work()


def its_end_without_renewal(life: Life) -> None:
    """30, 14, 7 days and the day before 7 Ordibehesht 1404, and the day after it."""
    for month, day in ((1, 8), (1, 24), (1, 31)):
        life.skip_to(month, day - 1, 20, year=1404)
        life.to_day(month, day, 12, year=1404)
    life.skip_to(2, 5, 20, year=1404)
    life.to_day(2, 9, 12, year=1404)


def test_a_certificates_whole_life_is_told_once_each_at_the_right_hour(
    phone: Phone, settings: Settings
) -> None:
    life = Life(phone, settings, moment(1, 25, 10))
    owner = Owner()
    life.work()
    life.to_day(1, 25, 11)
    first_certificate(life, owner)
    its_end(life)
    renewal(life, owner)
    # This owner has enough of optional SMS: notices come all the same, and what is essential.
    preferences.choose(owner.user.pk, [])
    its_end_without_renewal(life)
    got = told(("owner", owner.user), ("representative", REPRESENTATIVE))
    assert got == WHOLE_LIFE.strip().splitlines()
    texts = on_the_phone(phone, MOBILE)
    assert "رمز عبور شما" in texts[0]
    assert texts[1:] == as_queued(MOBILE)
    assert on_the_phone(phone, REPRESENTATIVE) == as_queued(REPRESENTATIVE)


# A proposal that nobody answers, a visit that the laboratory moves, one to which nobody comes, defects, a re-visit.
LIFE_WITH_TROUBLE = """
1403/01/25 10 registration.password sms owner
1403/01/25 11 payment.receipt notice owner
1403/01/25 11 payment.receipt sms owner
1403/01/25 11 queue.started notice owner
1403/01/25 11 queue.started sms owner
1403/01/25 12 visit.proposed notice owner
1403/01/25 12 visit.proposed sms owner
1403/01/26 09 visit.proposal_reminder notice owner
1403/01/26 09 visit.proposal_reminder sms owner
1403/01/26 16 visit.lapsed notice owner
1403/01/26 16 visit.lapsed sms owner
1403/01/26 16 visit.proposed notice owner
1403/01/26 16 visit.proposed sms owner
1403/01/26 17 visit.confirmed notice owner
1403/01/26 17 visit.confirmed sms owner
1403/01/26 17 visit.substitute sms representative
1403/01/27 09 visit.tomorrow notice owner
1403/01/27 09 visit.tomorrow sms owner
1403/01/27 18 visit.moved notice owner
1403/01/27 18 visit.moved sms owner
1403/01/27 18 visit.substitute_off sms representative
1403/01/28 10 visit.confirmed notice owner
1403/01/28 10 visit.confirmed sms owner
1403/01/28 10 visit.proposed notice owner
1403/01/28 10 visit.substitute sms representative
1403/01/28 16 visit.tomorrow notice owner
1403/01/28 16 visit.tomorrow sms owner
1403/01/30 09 visit.unreported notice owner
1403/01/30 10 visit.confirmed notice owner
1403/01/30 10 visit.confirmed sms owner
1403/01/30 10 visit.expert_missed notice owner
1403/01/30 10 visit.proposed notice owner
1403/01/30 10 visit.substitute sms representative
1403/01/30 16 visit.tomorrow notice owner
1403/01/30 16 visit.tomorrow sms owner
1403/02/01 10 result.nonconforming notice owner
1403/02/01 10 result.nonconforming sms owner
1403/02/24 09 revisit.closing notice owner
1403/02/24 09 revisit.closing sms owner
1403/02/25 10 payment.receipt notice owner
1403/02/25 10 payment.receipt sms owner
1403/02/25 10 queue.started notice owner
1403/02/25 10 queue.started sms owner
"""


def test_trouble_on_the_way_to_a_re_visit_is_told_once_each_at_the_right_hour(
    phone: Phone, settings: Settings
) -> None:
    life = Life(phone, settings, moment(1, 25, 10))
    owner = Owner()
    life.to_day(1, 25, 11)
    request = owner.ask()
    owner.pay()
    life.to_day(1, 25, 12)
    owner.propose(request, moment(1, 26, 15))
    life.to_day(1, 26, 16)
    slot = owner.propose(request, moment(1, 28, 15))
    life.to_day(1, 26, 17)
    workflow.confirm_time(slot.pk, owner.user)
    life.to_day(1, 27, 18)
    workflow.reschedule(request.pk, owner.manager, "بیماری کارشناس")
    life.to_day(1, 28, 10)
    # Confirmed before the SMS of the proposal has left: the phone gets the final time alone.
    workflow.confirm_time(owner.propose(request, moment(1, 29, 15)).pk, owner.user)
    life.to_day(1, 30, 10)
    workflow.report_missed_visit(request.pk, owner.user)
    workflow.confirm_time(owner.propose(request, moment(1, 31, 15)).pk, owner.user)
    life.to_day(1, 31, 16)
    report = owner.visited(request, "nonconforming")
    life.to_day(2, 1, 10)
    workflow.endorse(report.pk, owner.manager)
    life.skip_to(2, 23, 20)
    life.to_day(2, 25, 10)
    owner.ask()
    owner.pay()
    life.to_day(2, 26, 12)
    life.skip_to(3, 5, 12)
    got = told(("owner", owner.user), ("representative", REPRESENTATIVE))
    assert got == LIFE_WITH_TROUBLE.strip().splitlines()
    assert on_the_phone(phone, MOBILE)[1:] == as_queued(MOBILE)
    assert on_the_phone(phone, REPRESENTATIVE) == as_queued(REPRESENTATIVE)
