"""How a writer hears of an answer: an owner in «اعلانات» and by SMS, anybody else by SMS alone.

The SMS holds no word of the conversation: phones show messages to whoever holds them.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import notices, outbox
from portal.models import SupportMessage, SupportThread
from septam.text import shorten

_SHOWN = 200


def answered(thread: SupportThread, message: SupportMessage) -> None:
    """Tell of one answer, in the caller's transaction."""
    once = f"support.answered:{message.pk}"
    if thread.owner is None:
        if thread.mobile:
            outbox.queue(
                "support.answered_number", thread.mobile, {"number": thread.number}, once_key=once
            )
        return
    title = _("Support answered: %(subject)s") % {"subject": thread.get_subject_display()}
    text = shorten(message.text, _SHOWN)
    notices.add(thread.owner.pk, "support.answered", title, text, link=address_of(thread))
    if thread.owner.mobile:
        outbox.queue(
            "support.answered", thread.owner.mobile, {}, user_id=thread.owner.pk, once_key=once
        )


def closed(thread: SupportThread) -> None:
    """Tell an owner that a message of his was closed without an answer."""
    if thread.owner_id:
        title = _("Conversation closed: %(subject)s") % {"subject": thread.get_subject_display()}
        text = _("If it is not settled, write again: it is then open for support once more.")
        notices.add(thread.owner_id, "support.closed", title, text, link=address_of(thread))


def address_of(thread: SupportThread) -> str:
    """Where an owner reads the conversation."""
    return reverse("portal:support_thread", args=[thread.number])
