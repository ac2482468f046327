"""The way of a conversation: waiting → answered → closed, and back. One function a verb, each a transaction.

Every verb but `begin` locks the thread, so that of two at one moment the second sees what the first did.
A verb that is not possible raises :class:`Refusal`; nothing is changed then.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from inspections.numbers import check_digit
from portal.models import Author, Event, SupportMessage, SupportThread, ThreadState
from portal.support import telling
from septam import audit, clock
from septam.refusal import Refusal

S = ThreadState


class Stale(Refusal):
    """Somebody wrote after the page was shown; what was typed stays in the form."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Something was added after you opened this page. Read it, then send again if need be."
            )
        )


@dataclass(frozen=True)
class Draft:
    """What a writer filled in. `mobile` and `name` of somebody who is not signed in."""

    subject: str
    text: str
    reference: str = ""
    reference_kind: str = ""
    mobile: str = ""
    name: str = ""


def begin(draft: Draft, owner: User | None, once_key: str = "") -> SupportThread:
    """A new conversation; the form that is sent twice gives the same one."""
    try:
        with transaction.atomic():
            return _begun(draft, owner, once_key)
    except IntegrityError:
        if not once_key:
            raise
        return SupportThread.objects.get(messages__once_key=once_key, owner=owner)


def _begun(draft: Draft, owner: User | None, once_key: str) -> SupportThread:
    now = clock.now()
    thread = SupportThread.objects.create(
        number=_free_number(), subject=draft.subject, reference=draft.reference,
        reference_kind=draft.reference_kind, owner=owner, mobile=draft.mobile, name=draft.name,
        opened_at=now, last_owner_at=now, waiting_since=now, changed_at=now,
    )  # fmt: skip
    _say(thread, Author.OWNER, text=draft.text, once_key=once_key)
    return thread


def _free_number() -> str:
    """8 random digits and a check digit: says nothing about how many there are."""
    while True:
        body = "".join(secrets.choice("0123456789") for _time in range(8))
        number = body + check_digit(body)
        if not SupportThread.objects.filter(number=number).exists():
            return number


@transaction.atomic
def write(thread_id: int, text: str, once_key: str = "") -> None:
    """The writer adds a message; a closed conversation is open again."""
    thread = _locked(thread_id)
    if _has(thread, once_key):
        return
    now = clock.now()
    _say(thread, Author.OWNER, text=text, once_key=once_key)
    since = thread.waiting_since or now
    _set(thread, state=S.WAITING, waiting_since=since, last_owner_at=now)


@transaction.atomic
def answer(
    thread_id: int, actor: User, text: str, *, seen: int, close: bool = False, once_key: str = ""
) -> None:
    """Staff answer; `seen` is the last message that they saw. The writer hears of it. Raises Stale."""
    thread = _locked(thread_id)
    if _has(thread, once_key):
        return
    _require_seen(thread, seen)
    message = _say(thread, Author.STAFF, by=actor, text=text, once_key=once_key)
    changes: dict[str, Any] = {} if thread.assigned_to_id else {"assigned_to": actor}
    _set(thread, state=S.CLOSED if close else S.ANSWERED, waiting_since=None, **changes)
    if close:
        _say(thread, Author.SYSTEM, by=actor, event=Event.CLOSED)
    telling.answered(thread, message)
    audit.record(actor.pk, "support.answer", thread, message=message.pk, closed=close)


@transaction.atomic
def note(thread_id: int, actor: User, text: str, once_key: str = "") -> None:
    """An internal note: the writer never reads it, and the conversation waits as before."""
    thread = _locked(thread_id)
    if _has(thread, once_key):
        return
    message = _say(thread, Author.STAFF, by=actor, text=text, internal=True, once_key=once_key)
    audit.record(actor.pk, "support.note", thread, message=message.pk)


@transaction.atomic
def close(thread_id: int, actor: User, *, seen: int) -> None:
    """Nothing more is to be said. Raises Stale where the writer, or somebody else, just said something."""
    thread = _locked(thread_id)
    if thread.state == S.CLOSED:
        return
    _require_seen(thread, seen)
    if thread.state == S.WAITING:
        telling.closed(thread)
    _set(thread, state=S.CLOSED, waiting_since=None)
    _step(thread, actor, Event.CLOSED)


@transaction.atomic
def reopen(thread_id: int, actor: User) -> None:
    """It waits for an answer again, from now on."""
    thread = _locked(thread_id)
    if thread.state != S.CLOSED:
        return
    _set(thread, state=S.WAITING, waiting_since=clock.now())
    _step(thread, actor, Event.REOPENED)


@transaction.atomic
def take(thread_id: int, actor: User, *, assigned: int | None) -> None:
    """The conversation is this member of staff's; `assigned` is whose it was on the page. Raises Stale."""
    thread = _locked(thread_id)
    if thread.assigned_to_id == actor.pk:
        return
    if thread.assigned_to_id != assigned:
        raise Stale
    _set(thread, assigned_to=actor)
    _step(thread, actor, Event.TAKEN, internal=True)


@transaction.atomic
def move(thread_id: int, actor: User, subject: str) -> None:
    """Another subject, which may bring it before other eyes (payments: finance)."""
    thread = _locked(thread_id)
    if thread.subject == subject:
        return
    _set(thread, subject=subject)
    _step(thread, actor, Event.MOVED, internal=True)


def last_message(thread: SupportThread) -> int:
    """The id of the newest message: what a page shows it has seen."""
    newest = SupportMessage.objects.filter(thread=thread).order_by("-pk")
    return newest.values_list("pk", flat=True).first() or 0


def _locked(thread_id: int) -> SupportThread:
    return SupportThread.objects.select_for_update().get(pk=thread_id)


def _has(thread: SupportThread, once_key: str) -> bool:
    return bool(once_key) and thread.messages.filter(once_key=once_key).exists()


def _require_seen(thread: SupportThread, seen: int) -> None:
    if last_message(thread) != seen:
        raise Stale


def _set(thread: SupportThread, **fields: Any) -> None:
    changed: dict[str, Any] = fields | {"changed_at": clock.now()}
    for name, value in changed.items():
        setattr(thread, name, value)
    thread.save(update_fields=list(changed))


def _step(thread: SupportThread, actor: User, event: Event, *, internal: bool = False) -> None:
    _say(thread, Author.SYSTEM, by=actor, event=event, internal=internal)
    audit.record(actor.pk, f"support.{event}", thread)


def _say(thread: SupportThread, author: Author, **fields: Any) -> SupportMessage:
    now: datetime = clock.now()
    return SupportMessage.objects.create(thread=thread, author=author, created_at=now, **fields)
