"""What Prometheus is told of the portal's state when it asks; every figure costs the same however long the tables are."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.models import PaymentAttempt, PaymentEvent
from billing.models.payments import HOLDING
from inspections.models import VisitRequest
from inspections.models.requests import PAID_OPEN
from notifications.models import SmsMessage, SmsProviderState, SmsState
from notifications.outbox import PRIORITIES
from septam import clock, metrics
from septam.models import Forgotten, Heartbeat, Job
from septam.office.lists import COUNT_CAP

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

# So far back are the newest rows of long tables read.
NEWEST = 1000
Rows = Iterable[tuple[tuple[str, ...], float]]


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever brings the token; for all others there is nothing here."""
    if not metrics.may_read(request):
        raise Http404
    return HttpResponse(
        metrics.exposition(Figures()), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


class Figures:
    """A collector of prometheus_client."""

    def collect(self) -> Iterator["GaugeMetricFamily"]:
        """One family after the other; a database that does not answer is a figure, too."""
        try:
            found = list(_families())
        except DatabaseError:
            found = []
        yield _gauge("database_up", "Whether the database answers", (), [((), float(bool(found)))])
        yield from found


def _families() -> Iterator["GaugeMetricFamily"]:
    yield _gauge("database_connections", "Connections by state", ("state",), _connections())
    yield _gauge(
        "worker_heartbeat_age_seconds", "Since the worker was heard of", ("name",), _heartbeats()
    )
    yield _gauge("jobs_failed", "Jobs whose last run failed", (), [((), _failed_jobs())])
    yield _gauge("sms_waiting", f"SMS that wait, at most {COUNT_CAP}", ("priority",), _waiting())
    yield _gauge(
        "sms_oldest_age_seconds", "Age of the SMS that waits longest", ("priority",), _oldest()
    )
    yield _gauge("sms_newest", f"State of the newest {NEWEST} SMS", ("state",), _newest_sms())
    yield _gauge("sms_credit", "What is left at a provider", ("provider", "unit"), _credit())
    yield _gauge("sms_provider_failures", "Failures in a row", ("provider",), _failures())
    yield _gauge(
        "payments_unfinished",
        "Payment attempts that are not at an end",
        ("gateway", "state"),
        _unfinished(),
    )
    yield _gauge(
        "payments_newest",
        f"State of the newest {NEWEST} attempts",
        ("gateway", "state"),
        _newest_payments(),
    )
    yield _gauge(
        "bank_last_answer_age_seconds",
        "Since a bank's last answer with a code",
        ("gateway", "code"),
        _banks(),
    )
    yield _gauge("forgotten", "Rows that jobs of forgetting took so far", ("job",), _forgotten())
    yield _gauge("requests_open", "Paid requests that wait for their result", ("status",), _open())


def _gauge(name: str, text: str, labels: tuple[str, ...], rows: Rows) -> "GaugeMetricFamily":
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"septam_{name}", text, labels=labels)
    for values, figure in rows:
        family.add_metric(values, figure)
    return family


def _connections() -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        return [((str(state),), float(count)) for state, count in cursor.fetchall()]


def _heartbeats() -> Rows:
    now = clock.machine_now()
    return [((row.name,), (now - row.at).total_seconds()) for row in Heartbeat.objects.all()]


def _forgotten() -> Rows:
    return [((row.name,), float(row.rows)) for row in Forgotten.objects.all()]


def _failed_jobs() -> float:
    return float(Job.objects.exclude(last_error="").count())


def _waiting() -> Rows:
    for priority in PRIORITIES:
        rows = SmsMessage.objects.filter(state=SmsState.QUEUED, priority=priority).order_by()
        yield (str(priority),), float(rows[:COUNT_CAP].values("pk").count())


def _oldest() -> Rows:
    now = clock.now()
    for priority in PRIORITIES:
        rows = SmsMessage.objects.filter(state=SmsState.QUEUED, priority=priority)
        first = rows.order_by("next_try_at").values_list("created_at", flat=True).first()
        yield (str(priority),), (now - first).total_seconds() if first else 0.0


def _newest_sms() -> Rows:
    states = SmsMessage.objects.order_by("-pk").values_list("state", flat=True)[:NEWEST]
    return [((state,), float(count)) for state, count in Counter(states).items()]


def _credit() -> Rows:
    rows = SmsProviderState.objects.exclude(credit=None)
    return [((row.name, row.credit_unit), float(row.credit or 0)) for row in rows]


def _failures() -> Rows:
    return [((row.name,), float(row.failures)) for row in SmsProviderState.objects.all()]


def _unfinished() -> Rows:
    # Along the partial indexes of attempts that live, and of those that a person decides about.
    found: Counter[tuple[str, str]] = Counter()
    for state in HOLDING:
        rows = PaymentAttempt.objects.filter(state=state).order_by()
        found.update((name, state) for name in rows.values_list("gateway", flat=True)[:COUNT_CAP])
    return [(pair, float(count)) for pair, count in found.items()]


def _newest_payments() -> Rows:
    rows = PaymentAttempt.objects.order_by("-pk").values_list("gateway", "state")[:NEWEST]
    return [(pair, float(count)) for pair, count in Counter(rows).items()]


def _banks() -> Rows:
    now, seen = clock.now(), set()
    rows = PaymentEvent.objects.order_by("-pk").values_list("attempt__gateway", "at", "code")
    for name, at, code in rows[:NEWEST]:
        if code and name not in seen:
            seen.add(name)
            yield (name, code), (now - at).total_seconds()


def _open() -> Rows:
    for status in PAID_OPEN:
        rows = VisitRequest.objects.filter(status=status).order_by()
        yield (str(status),), float(rows[:COUNT_CAP].values("pk").count())
