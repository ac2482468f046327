"""The worker and what waits for it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet

from billing.models import AttemptState, PaymentAttempt
from notifications import watch
from notifications.models import SmsMessage, SmsState
from portal.doctor.findings import Finding, good, judged, note, wrong
from septam import clock, heartbeat, jobs
from septam.models import Heartbeat, Job

# A job that is due and does not run for longer than this waits for something.
LATE = timedelta(minutes=10)


def looks() -> Iterator[Finding]:
    """Heartbeat, jobs, outbox, payments."""
    yield _heartbeat()
    yield from _jobs()
    yield from _outbox()
    yield _payments()


def _heartbeat() -> Finding:
    row = Heartbeat.objects.filter(name="worker").first()
    if row is None:
        return wrong("worker", "was never heard of: start septam-worker")
    seconds = (clock.machine_now() - row.at).total_seconds()
    return judged(
        heartbeat.is_alive("worker"), "worker", f"was heard of {max(seconds, 0):.0f} s ago",
        f"was last heard of {seconds:.0f} s ago: start septam-worker, or read why it stands still",
    )  # fmt: skip


def _known() -> QuerySet[Job]:
    """Not those of an earlier version, which nobody runs any more."""
    return Job.objects.filter(name__in=[one.name for one in jobs.registered()])


def _jobs() -> Iterator[Finding]:
    failed = list(_known().exclude(last_error="").order_by("name"))
    for job in failed:
        kind = job.last_error.partition(":")[0]
        yield wrong(
            "jobs",
            f"{job.name} failed last time ({kind}); the log has the reason under «job {job.name} failed»",
        )
    late = _known().filter(due_at__lt=clock.now() - LATE, leased_until=None).count()
    if late:
        yield wrong("jobs", f"{late} are more than {LATE.seconds // 60} minutes late")
    if not failed and not late:
        yield good("jobs", "none failed last time, none is late")


def _outbox() -> Iterator[Finding]:
    queued = SmsMessage.objects.filter(state=SmsState.QUEUED, next_try_at__lt=clock.now())
    late = queued.filter(created_at__lt=clock.now() - watch.USUAL_WAIT).count()
    yield judged(
        not late, "outbox", "no SMS has waited for long",
        f"{late:,} SMS have waited for more than an hour: look at the office's «صندوق پیامک»",
    )  # fmt: skip
    unknown = SmsMessage.objects.filter(
        state=SmsState.UNKNOWN, created_at__gt=clock.now() - timedelta(days=1)
    ).count()
    if unknown:
        yield note(
            "outbox", f"of {unknown:,} SMS of the last day nobody knows whether they arrived"
        )


def _payments() -> Finding:
    waiting = PaymentAttempt.objects.filter(state=AttemptState.NEEDS_REVIEW).count()
    if waiting:
        return note("payments", f"{waiting:,} wait for finance's decision")
    return good("payments", "none waits for a decision")
