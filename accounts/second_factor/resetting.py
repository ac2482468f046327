"""A lost phone: the second factor of a member of staff ends by two people.

One asks with a reason, another approves; neither is the person whose factor it is (constraints hold that too), nor
got a role only lately (accounts/powers.py). The person is told by SMS of both steps, and all sessions end.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import powers
from accounts.models import ResetState, SecondFactorReset, User
from accounts.second_factor import devices
from notifications import outbox
from septam import audit, clock
from septam.refusal import Refusal

# Who lost a phone last month has another one by now.
LIVES = timedelta(days=3)
ASK = "accounts.send_password"
DECIDE = "accounts.change_user"


def ask(person: User, reason: str, actor: User) -> SecondFactorReset:
    """Raises Refusal for oneself, somebody outside the staff, a new colleague, or where one waits already."""
    if actor.pk == person.pk:
        raise Refusal(_("Somebody else asks for you."))
    if not person.is_staff:
        raise Refusal(_("An owner has no second factor."))
    powers.require_settled(actor, ASK)
    try:
        with transaction.atomic():
            reset = SecondFactorReset.objects.create(
                user=person, reason=reason, asked_by=actor, asked_at=clock.now()
            )
            audit.record(actor.pk, "office.second_factor_asked", person, reset=reset.pk)
            _tell("office.second_factor_asked", person)
    except IntegrityError as waits:
        raise Refusal(_("A reset waits for approval already.")) from waits
    return reset


def approve(reset_id: int, actor: User) -> None:
    """The second person ends the factor. Raises Refusal."""
    with transaction.atomic():
        reset = _waiting(reset_id)
        if actor.pk in (reset.asked_by_id, reset.user_id):
            raise Refusal(_("Somebody else approves than who asked and whose it is."))
        powers.require_settled(actor, DECIDE)
        if reset.asked_at < clock.now() - LIVES:
            raise Refusal(_("This was asked long ago; refuse it, and let it be asked anew."))
        _decide(reset, ResetState.DONE, actor)
        devices.reset(reset.user, actor.pk)
        reset.user.end_sessions()
        _tell("office.second_factor_reset", reset.user)


def refuse(reset_id: int, actor: User) -> None:
    """It is not done; whose it is may refuse too. Raises Refusal."""
    with transaction.atomic():
        reset = _waiting(reset_id)
        _decide(reset, ResetState.REFUSED, actor)
        audit.record(actor.pk, "office.second_factor_refused", reset.user, reset=reset.pk)


def _waiting(reset_id: int) -> SecondFactorReset:
    found = SecondFactorReset.objects.select_for_update(of=("self",)).select_related("user")
    reset = found.get(pk=reset_id)
    if reset.state != ResetState.WAITING:
        raise Refusal(_("This reset was decided already."))
    return reset


def _decide(reset: SecondFactorReset, state: str, actor: User) -> None:
    reset.state, reset.decided_by, reset.decided_at = state, actor, clock.now()
    reset.save(update_fields=["state", "decided_by", "decided_at"])


def _tell(event: str, person: User) -> None:
    if person.mobile:
        outbox.queue(event, person.mobile, user_id=person.pk)
