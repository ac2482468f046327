"""An owner closes the account: what speaks against it, the closing, taking it back, and what is left of it in the end.

Closed means: no sign-in, no session, the mobile free for a new registration. CLOSED_KEEP_DAYS later a job anonymises
the account for good; until then support can give it back after an identity check. Money that arrives late, or any
other open matter, lets the job wait. Everything is decided with the account locked, the mutex of carts and payments.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import (
    AccountClosing,
    ClosingState,
    LoginCodeDevice,
    MobileChange,
    MobileChangeState,
    PendingPassword,
    User,
)
from notifications import outbox
from septam import audit, clock, jalali, personal_data
from septam.refusal import Refusal

logger = logging.getLogger(__name__)
_BATCH = 200
# An account that waits for an open matter is looked at again after this.
_LATER = timedelta(days=1)


class OpenMatters(Refusal):
    """The account cannot be closed now; `matters` are the reasons, each a sentence."""

    def __init__(self, matters: list[str]) -> None:
        super().__init__(" ".join(matters))
        self.matters = matters


def open_matters(account_id: int) -> list[str]:
    """What speaks against closing the account now; whoever decides by it has the account locked."""
    with transaction.atomic():
        return [
            text for keeper in personal_data.keepers() for text in keeper.open_matters(account_id)
        ]


def close(account_id: int) -> AccountClosing:
    """The owner closes the own account. Raises OpenMatters, or Refusal for staff and for one that is closed."""
    with transaction.atomic():
        user = _locked(account_id)
        if user.is_staff or not user.is_active:
            raise Refusal(_("This account cannot be closed here."))
        matters = open_matters(account_id)
        if matters:
            raise OpenMatters(matters)
        for keeper in personal_data.keepers():
            keeper.close(account_id)
        closing = _note(user)
        _shut(user)
        audit.record(account_id, "account.close", user, closing=closing.pk)
        _tell(closing)
    return closing


def take_back(account_id: int, actor: User) -> bool:
    """Support gives the account back, and tells whether its mobile too: that may be somebody's by now.

    Raises Refusal where nothing waits.
    """
    with transaction.atomic():
        user = _locked(account_id)
        closing = AccountClosing.objects.filter(user=user, state=ClosingState.WAITING).first()
        if closing is None:
            raise Refusal(_("This account is not one that can be taken back."))
        user.is_active = True
        user.save(update_fields=["is_active"])
        with_mobile = _give_mobile(user, closing.mobile)
        _end(closing, ClosingState.TAKEN_BACK)
        audit.record(actor.pk, "account.take_back", user, closing=closing.pk)
    return with_mobile


def anonymise_due() -> int:
    """Periodic: anonymise accounts whose time is over and of which nothing is open; returns how many."""
    due = AccountClosing.objects.filter(state=ClosingState.WAITING, due_at__lte=clock.now())
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:_BATCH])
    return sum(_anonymise(closing_id) for closing_id in ids)


def forget_person(user: User) -> None:
    """Anonymise the locked account in every app, in the caller's transaction."""
    for keeper in personal_data.keepers():
        keeper.forget(user.pk)
    audit.record(None, "account.anonymise", user)


def _anonymise(closing_id: int) -> bool:
    with transaction.atomic():
        account_id = AccountClosing.objects.values_list("user_id", flat=True).get(pk=closing_id)
        user = _locked(account_id)
        waiting = AccountClosing.objects.filter(pk=closing_id, state=ClosingState.WAITING)
        closing = waiting.first()
        if closing is None:
            return False
        if user.is_active:
            # A manager opened it by hand.
            _end(closing, ClosingState.TAKEN_BACK)
            return False
        if open_matters(account_id):
            closing.due_at = clock.now() + _LATER
            closing.save(update_fields=["due_at"])
            logger.info("closed account %s waits for an open matter", account_id)
            return False
        forget_person(user)
        _end(closing, ClosingState.ANONYMISED)
    return True


def _locked(account_id: int) -> User:
    return User.objects.select_for_update().get(pk=account_id)


def _note(user: User) -> AccountClosing:
    now = clock.now()
    return AccountClosing.objects.create(
        user=user, mobile=user.mobile or "", closed_at=now,
        due_at=now + timedelta(days=settings.CLOSED_KEEP_DAYS),
    )  # fmt: skip


def _shut(user: User) -> None:
    """End all ways in: sessions, passwords and codes by SMS, waiting changes; free the mobile."""
    MobileChange.objects.filter(user=user, state=MobileChangeState.WAITING).update(
        state=MobileChangeState.STOPPED, ended_at=clock.now()
    )
    PendingPassword.objects.filter(user=user).delete()
    LoginCodeDevice.objects.filter(user=user).delete()
    if user.mobile:
        outbox.leave_number(user.pk, user.mobile)
    user.mobile, user.is_active = None, False
    user.save(update_fields=["mobile", "is_active"])
    user.end_sessions()


def _tell(closing: AccountClosing) -> None:
    if closing.mobile:
        values = {"until": jalali.format_date(closing.due_at)}
        outbox.queue("account.closed", closing.mobile, values, user_id=closing.user_id)


def _give_mobile(user: User, mobile: str) -> bool:
    """Give the number back, unless another account has it by now."""
    if not mobile:
        return False
    try:
        with transaction.atomic():
            user.mobile = mobile
            user.save(update_fields=["mobile"])
    except IntegrityError:
        user.mobile = None
    return user.mobile is not None


def _end(closing: AccountClosing, state: str) -> None:
    closing.state, closing.mobile, closing.ended_at = state, "", clock.now()
    closing.save(update_fields=["state", "mobile", "ended_at"])
