"""The mobile of an account becomes another: the one module that changes it, and what goes with it each time.

Three ways lead here. The owner, signed in, shows codes of both numbers. Support, after an identity check, where the
earlier number is lost: it waits MOBILE_CHANGE_HOURS, in which whoever has the earlier number can stop it; an account
without a number has nobody to object, so that a second person approves. A number's new holder takes it off an
account that is not his. Of two changes at one moment the constraints on users and changes decide.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import powers
from accounts.models import (
    LoginCodeDevice,
    MobileChange,
    MobileChangeState,
    MobileChangeWay,
    PendingPassword,
    User,
)
from notifications import notices, outbox
from septam import audit, clock
from septam.digits import to_persian
from septam.refusal import Refusal

# To ask for a change, and to approve it.
PERMISSION = "accounts.send_password"
STOP_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_BATCH = 100


class Taken(Refusal):
    """Another account in use has this number."""

    def __init__(self) -> None:
        super().__init__(
            _("This number has an account; registering it again is not possible."), "mobile"
        )


def by_codes(user_id: int, old: str, new: str) -> None:
    """The owner showed that both numbers are his. Raises Taken, or Refusal if the number changed meanwhile."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if user.mobile != old:
            raise Refusal(_("The number of this account was changed meanwhile."))
        _give(user, new)
        _end_waiting(user, user_id)
        _keep(user, MobileChangeWay.CODES, old, new)
        audit.record(user_id, "account.mobile_changed", user, way="codes")
        _tell(user, old)


def ask(user_id: int, new: str, reason: str, actor: User) -> MobileChange:
    """Support asks for a change. Raises Refusal where one waits already, or the number is the account's own."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if user.mobile == new:
            raise Refusal(_("This is the number of the account already."), "mobile")
        if user.mobile_changes.filter(state=MobileChangeState.WAITING).exists():
            raise Refusal(_("A change of this account's mobile waits already."))
        if not user.mobile:  # two people decide it
            powers.require_settled(actor, PERMISSION)
        change = _keep(user, MobileChangeWay.SUPPORT, user.mobile or "", new, reason, actor)
        audit.record(actor.pk, "account.mobile_asked", user, change=change.pk)
        _announce(user, change)
    return change


def approve(change_id: int, actor: User) -> None:
    """A second person approves the change of an account without a number. Raises Refusal or Taken."""
    with transaction.atomic():
        change = _waiting(change_id)
        if change.due_at is not None:
            raise Refusal(_("This change is made after its waiting time; nobody can hasten it."))
        if actor.pk in (change.asked_by_id, change.user_id):
            raise Refusal(_("Somebody else than who asked for it approves a change."))
        powers.require_settled(actor, PERMISSION)
        user = User.objects.select_for_update().get(pk=change.user_id)
        if user.mobile:
            raise Refusal(_("The number of this account was changed meanwhile."))
        _give(user, change.new_mobile)
        _end(change, MobileChangeState.DONE, actor.pk)
        audit.record(actor.pk, "account.mobile_approved", user, change=change.pk)
        _tell(user, "")


def stop(change_id: int, actor_id: int | None, why: str = "") -> bool:
    """The change is not made: by the owner, support, or (nobody's id) the link at the earlier number."""
    with transaction.atomic():
        change = MobileChange.objects.select_for_update().get(pk=change_id)
        if change.state != MobileChangeState.WAITING:
            return False
        _end(change, MobileChangeState.STOPPED, actor_id)
        audit.record(actor_id, "account.mobile_stopped", change.user, change=change.pk, by=why)
    return True


def detach(user_id: int, mobile: str) -> bool:
    """Whoever has the number now is not the account's owner: the account is left without one.

    Its sessions and passwords by SMS end, its waiting messages to the number are taken back. False where the number
    is not the account's any more.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if user.mobile != mobile or user.is_staff:
            return False
        _leave(user, mobile)
        user.mobile = None
        user.save(update_fields=["mobile"])
        _keep(user, MobileChangeWay.DETACHED, mobile, "")
        audit.record(None, "account.mobile_detached", user)
        notices.add(
            user.pk, "account.mobile_detached", _("The mobile was taken off"),
            _("Somebody who has this number now said that the account is not his. Call support for a new number."),
            reverse("accounts:profile"),
        )  # fmt: skip
    return True


def apply_due() -> None:
    """Periodic: make the changes whose waiting time is over."""
    due = MobileChange.objects.filter(
        state=MobileChangeState.WAITING, due_at__lte=clock.now()
    ).order_by("due_at")
    for change_id in list(due.values_list("pk", flat=True)[:_BATCH]):
        _apply(change_id)


def moved_by_manager(person: User, old: str, manager_id: int | None) -> None:
    """A manager gave a member of staff another number: what the earlier one opened ends, and it is told."""
    with transaction.atomic():
        _leave(person, old, person.mobile or "")
        audit.record(manager_id, powers.NUMBER_MOVED, person)
        if old:
            outbox.queue("account.mobile_changed", old, user_id=person.pk)


def _apply(change_id: int) -> None:
    with transaction.atomic():
        change = MobileChange.objects.select_for_update().get(pk=change_id)
        if change.state != MobileChangeState.WAITING or change.due_at is None:
            return
        user = User.objects.select_for_update().get(pk=change.user_id)
        try:
            if (user.mobile or "") != change.old_mobile:
                raise Refusal(_("The number of this account was changed meanwhile."))
            _give(user, change.new_mobile)
        except Refusal:
            _end(change, MobileChangeState.REFUSED, None)
            audit.record(None, "account.mobile_refused", user, change=change.pk)
            return
        _end(change, MobileChangeState.DONE, None)
        audit.record(None, "account.mobile_changed", user, way="support", change=change.pk)
        _tell(user, change.old_mobile)


def _give(user: User, new: str) -> None:
    """Make `new` the number of the locked account. An account that nobody ever used lets it go. Raises Taken."""
    unused = User.objects.filter(
        mobile=new, first_signed_in_at=None, is_staff=False, is_active=True
    )
    unused.exclude(pk=user.pk).update(mobile=None)
    old = user.mobile or ""
    try:
        with transaction.atomic():
            user.mobile = new
            user.save(update_fields=["mobile"])
    except IntegrityError as taken:
        raise Taken from taken
    _leave(user, old, new)


def _leave(user: User, old: str, new: str = "") -> None:
    """End what the earlier number could still open: sessions, passwords and codes by SMS, messages."""
    user.end_sessions()
    PendingPassword.objects.filter(user=user).delete()
    LoginCodeDevice.objects.filter(user=user).delete()
    if old:
        outbox.leave_number(user.pk, old, new)


def _keep(
    user: User, way: str, old: str, new: str, reason: str = "", actor: User | None = None
) -> MobileChange:
    waits = way == MobileChangeWay.SUPPORT
    now = clock.now()
    return MobileChange.objects.create(
        user=user, way=way, old_mobile=old, new_mobile=new, reason=reason, asked_by=actor,
        state=MobileChangeState.WAITING if waits else MobileChangeState.DONE,
        stop_code="".join(secrets.choice(STOP_ALPHABET) for _place in range(12)) if waits else "",
        created_at=now,
        due_at=now + timedelta(hours=settings.MOBILE_CHANGE_HOURS) if waits and old else None,
        ended_at=None if waits else now,
    )  # fmt: skip


def _waiting(change_id: int) -> MobileChange:
    change = MobileChange.objects.select_for_update().get(pk=change_id)
    if change.state != MobileChangeState.WAITING:
        raise Refusal(_("This change was decided already."))
    return change


def _end(change: MobileChange, state: str, actor_id: int | None) -> None:
    change.state, change.decided_by_id, change.ended_at = state, actor_id, clock.now()
    change.save(update_fields=["state", "decided_by", "ended_at"])


def _end_waiting(user: User, actor_id: int) -> None:
    for change in user.mobile_changes.select_for_update().filter(state=MobileChangeState.WAITING):
        _end(change, MobileChangeState.STOPPED, actor_id)


def _announce(user: User, change: MobileChange) -> None:
    """Tell the earlier number, and the account, that a change waits, and how to stop it."""
    if user.mobile:
        values = {"hours": to_persian(settings.MOBILE_CHANGE_HOURS), "stop": change.stop_code}
        outbox.queue("account.mobile_asked", user.mobile, values, user_id=user.pk)
    notices.add(
        user.pk, "account.mobile_asked", _("A change of the mobile was asked for"),
        _("Support noted another mobile for this account. If it was not you, stop it in your personal details."),
        reverse("accounts:profile"),
    )  # fmt: skip


def _tell(user: User, old: str) -> None:
    """Tell both numbers and the account that it is done."""
    if old:
        outbox.queue("account.mobile_changed", old, user_id=user.pk)
    outbox.queue("account.mobile_ready", str(user.mobile), user_id=user.pk)
    notices.add(
        user.pk, "account.mobile_ready", _("The mobile was changed"),
        _("Codes and messages come to the new number. All other devices were signed out."),
        reverse("accounts:profile"),
    )  # fmt: skip
