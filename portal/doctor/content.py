"""What the portal says: sample data that still stands, texts without an approved template, staff, terms."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings

from accounts.models import Role, StaffAssignment, TermsVersion, User
from notifications import texts
from portal import demo
from portal.doctor.findings import Finding, good, judged, note, wrong


def looks() -> Iterator[Finding]:
    """Sample data, templates, people."""
    yield from _samples()
    yield from _templates()
    yield from _people()


def _samples() -> Iterator[Finding]:
    level = wrong if settings.PRODUCTION else note
    found = False
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if "is_sample" not in names:
            continue
        count = model._default_manager.filter(is_sample=True).count()
        if count:
            found = True
            yield level(
                "content",
                f"{count:,} rows of {model._meta.label_lower} are sample data: put the official ones in",
            )
    if not found:
        yield good("content", "no sample data is left")


def _templates() -> Iterator[Finding]:
    if "smsir" not in settings.SMS_PROVIDERS or not settings.PRODUCTION:
        return
    wanted = {text.template for text in texts.events() if text.tokens}
    missing = sorted(wanted - set(settings.SMSIR_TEMPLATES))
    yield judged(
        not missing, "templates", "every text has its number at SMS.ir",
        f"SEPTAM_SMSIR_TEMPLATES lacks {len(missing)} of {len(wanted)}, such as {(missing or [''])[0]}",
    )  # fmt: skip


def _people() -> Iterator[Finding]:
    there = set(StaffAssignment.objects.values_list("role", flat=True).distinct())
    missing = [str(role.value) for role in Role if role not in there]
    if missing:
        yield note("people", f"nobody has the role {', '.join(missing)}")
    if not TermsVersion.objects.exists():
        yield wrong("content", "there are no terms to accept: run setup_reference")
    if settings.PRODUCTION:
        yield from _demo_people()


def _demo_people() -> Iterator[Finding]:
    names = [member.username for member in demo.STAFF]
    for user in User.objects.filter(username__in=names, is_active=True):
        if user.check_password(demo.PASSWORD):
            yield wrong(
                "people",
                f"«{user.username}» has the demonstration's password, which is in the README",
            )
