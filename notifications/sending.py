"""What a worker does with the messages that it claimed: hand them over one by one, and judge the answers.

A message is marked `sending` in a commit before the call (see marks.py). What was certainly not sent goes to the
next provider or waits; what may have been sent is repeated only where the provider remembers our id, else it
stays `unknown` for a person to see.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError

from notifications import circuit, claiming, marks
from notifications.claiming import LEASE
from notifications.marks import Mark
from notifications.models import SmsMessage, SmsState
from notifications.outbox import URGENT, secret_maker
from notifications.providers import registry
from notifications.providers.base import (
    AlarmError,
    OutgoingSms,
    ProviderError,
    RefusedError,
    RetryError,
    UnknownOutcomeError,
)
from notifications.texts import text_of
from septam import clock, failpoints

logger = logging.getLogger(__name__)
Problem = tuple[str, ProviderError]
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600))
# Somebody waits for a code, and it is of use for minutes only.
URGENT_BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60))
# While a person has to act (credit, key) the queue waits without losing messages.
ALARM_PAUSE = timedelta(minutes=5)
FIRST_POLL = timedelta(minutes=1)
# Providers remember our ids for twelve hours.
REMEMBERED = timedelta(hours=11)
# After this long a worker looks anew at what is most urgent, and gives back what it did not reach.
TURN_SECONDS = 2.0
FEWEST, MOST = 4, 400


@dataclass(frozen=True)
class Turn:
    """How many messages one turn dealt with, and whether more seem to wait."""

    count: int
    more: bool


class _Pace(threading.local):
    """How many messages this thread takes at once: as many as it sends in one turn."""

    size = 20


_pace = _Pace()


def send_due(limit: int | None = None) -> int:
    """Send messages that are due, the most urgent first; returns how many were dealt with."""
    return send_turn(limit).count


def send_turn(limit: int | None = None) -> Turn:
    """One claim, sent one by one for as long as a turn lasts."""
    size = limit or _pace.size
    ends = time.monotonic() + TURN_SECONDS
    claimed = claiming.claim(size)
    if not claimed:
        return Turn(0, more=False)
    lane = _Lane(list(circuit.available()))
    count = 0
    while count < len(claimed) and time.monotonic() < ends:
        lane.take(claimed[count])
        count += 1
    lane.flush()
    if count < len(claimed):
        claiming.let_go(claimed[count:])
        _pace.size = max(FEWEST, count)
    elif count == size == _pace.size:
        _pace.size = min(MOST, 2 * size)
    return Turn(count, more=count >= size or count < len(claimed))


class _Lane:
    """One thread's way through what it claimed."""

    def __init__(self, names: list[str]) -> None:
        # The providers that do not rest, as far as this turn knows.
        self.names = names
        # Results that the next mark, or the end, will commit.
        self.pending: list[Mark] = []
        # Providers that had a good answer, noted once the results are safe.
        self.well: set[str] = set()

    def flush(self) -> None:
        """Commit the results that are left."""
        self._write()

    def _write(self, *more: Mark) -> bool:
        written = marks.write([*self.pending, *more])
        for name in self.well:
            circuit.answered(name)
        self.pending, self.well = [], set()
        return written

    def take(self, message: SmsMessage) -> None:
        """Deal with one message."""
        now = clock.now()
        if message.provider and _asks_only(message, now):
            self.pending.append(_settled(message, now))
        elif message.valid_until <= now:
            self.pending.append(_ended(message, SmsState.DEAD, marks.TOO_LATE))
        else:
            wanted = (message.provider,) if message.provider else self.names
            name = next((one for one in wanted if one in self.names), None)
            if name is None:
                self.pending.append(_postponed(message, now))
            elif self._begin(message, name):
                self._hand_over(message, name)

    def _begin(self, message: SmsMessage, name: str) -> bool:
        """Mark the message as being sent, together with what became of the one before it."""
        # The lease begins anew: a row that is being sent under one that ran out would be taken for a dead worker's.
        lease = clock.machine_now() + LEASE
        is_repeated = bool(message.provider) and message.state == SmsState.QUEUED
        tried_at = message.tried_at or clock.now()
        begun = self._write(marks.Begin(message, name, lease, tried_at))
        message.attempts += message.state == SmsState.QUEUED
        message.state, message.leased_until, message.tried_at = SmsState.SENDING, lease, tried_at
        message.provider = name if is_repeated else ""
        return begun

    def _hand_over(self, message: SmsMessage, name: str) -> None:
        """Call the provider, and the next one where the message was certainly not sent."""
        left = [one for one in self.names if one != name and not message.provider]
        problems: list[Problem] = []
        while True:
            try:
                self.pending.append(_sent(message, name, _called(message, name)))
                self.well.add(name)
                return
            except ProviderError as problem:
                self._judge(name, problem)
                problems.append((name, problem))
                other = next((one for one in left if one in self.names), None)
                if other is None or not isinstance(problem, RetryError | AlarmError):
                    self.pending.append(_failed(message, problems))
                    return
                left.remove(other)
                message.tried_at = None
                if not self._begin(message, other):
                    return
                name = other

    def _judge(self, name: str, problem: ProviderError) -> None:
        if isinstance(problem, RefusedError):
            self.well.add(name)
        elif circuit.failed(name, problem) and name in self.names:
            self.names.remove(name)


def _called(message: SmsMessage, name: str) -> str:
    """The provider's id of the message, which it has now or had already. Raises a ProviderError."""
    if message.provider:
        known = _known_id(message, name)
        if known:
            return known
    outgoing = _outgoing(message)
    provider_id = registry.provider(name).send(outgoing)
    failpoints.hit("sms.answered")
    return provider_id


def _known_id(message: SmsMessage, name: str) -> str:
    """What the provider has under our id; empty where it has nothing or cannot tell."""
    try:
        known = registry.provider(name).sent_as(message.pk)
        failpoints.hit("sms.asked")
    except ProviderError:
        return ""
    return known


def _outgoing(message: SmsMessage) -> OutgoingSms:
    """The message with its secret, made now. Raises RefusedError where that fails: nothing was sent."""
    try:
        values = dict(message.values)
        maker = secret_maker(message.event)
        if maker is not None:
            values |= maker(message)
        text = text_of(message.event)
        tokens = text.token_values(values) if _by_template(message) else {}
        body = text.rendered(values) if maker is not None else message.text
    except DatabaseError:
        raise
    except Exception as problem:
        # Without its traceback: the values may hold the secret.
        raise RefusedError(f"cannot be made: {type(problem).__name__}") from None
    return OutgoingSms(message.mobile, body, message.pk, text.template if tokens else "", tokens)


def _by_template(message: SmsMessage) -> bool:
    return message.event not in settings.SMS_BY_LINE and bool(text_of(message.event).tokens)


def repeats_safely(message: SmsMessage, name: str) -> bool:
    """Whether the message may be repeated at the provider that may have it, without arriving twice."""
    try:
        provider = registry.provider(name)
    except ImportError:
        return False
    return provider.repeats_safely(by_template=_by_template(message))


def _asks_only(message: SmsMessage, now: datetime) -> bool:
    """Whether a message that a provider may have is not to be repeated any more."""
    return message.valid_until <= now or _is_forgotten(message, now)


def _is_forgotten(message: SmsMessage, now: datetime) -> bool:
    return message.tried_at is None or message.tried_at + REMEMBERED <= now


def _settled(message: SmsMessage, now: datetime) -> Mark:
    """The end of a message that may have been sent and has lost its use, or cannot be repeated safely."""
    known = "" if _is_forgotten(message, now) else _known_id(message, message.provider)
    if known:
        return _sent(message, message.provider, known)
    return _ended(message, SmsState.UNKNOWN, message.error, message.provider)


def _sent(message: SmsMessage, name: str, provider_id: str) -> Mark:
    now = clock.now()
    return marks.Sent(message, now, now + FIRST_POLL, name, provider_id)


def _ended(message: SmsMessage, state: SmsState, error: str, provider: str = "") -> marks.Put:
    return marks.Put(message, state, error, provider=provider)


def _queued(message: SmsMessage, at: datetime, error: str, provider: str = "") -> marks.Put:
    """Back into the queue; with a provider it may be there already, and is repeated there alone."""
    return marks.Put(message, SmsState.QUEUED, error, at, provider)


def _postponed(message: SmsMessage, now: datetime) -> Mark:
    """Its provider rests; this was no try."""
    return _queued(message, now + BACK_OFF[1], message.error, message.provider)


def _failed(message: SmsMessage, problems: list[Problem]) -> marks.Put:
    """What becomes of a message that each of these providers failed to send, the last one not certainly so."""
    mark = _after(message, problems)
    if mark.state != SmsState.QUEUED or any(isinstance(one, AlarmError) for _, one in problems):
        logger.error("sms %s (%s): %s after %s", message.pk, message.event, mark.state, mark.error)
    return mark


def _after(message: SmsMessage, problems: list[Problem]) -> marks.Put:
    name, problem = problems[-1]
    error = "; ".join(f"{one} {type(why).__name__} {why.code}" for one, why in problems)
    if isinstance(problem, UnknownOutcomeError):
        if not repeats_safely(message, name):
            return _ended(message, SmsState.UNKNOWN, error, name)
        return _queued(message, clock.now() + _wait(message, problem), error, name)
    if any(_gives_up(message, *one) for one in problems):
        return _ended(message, SmsState.DEAD, error, name)
    wait = min(_wait(message, one) for _name, one in problems)
    # Of one that an earlier call may have sent, a certain failure of its repetition says nothing.
    return _queued(message, clock.now() + wait, error, message.provider)


def _gives_up(message: SmsMessage, name: str, problem: ProviderError) -> bool:
    """Whether no provider will ever take it; what a substitute refuses, the preferred one may take tomorrow."""
    if isinstance(problem, RefusedError):
        return name == registry.offered()[0] or bool(message.provider)
    return isinstance(problem, RetryError) and 0 < problem.at_most <= message.attempts


def _wait(message: SmsMessage, problem: ProviderError) -> timedelta:
    if isinstance(problem, AlarmError):
        return ALARM_PAUSE
    steps = URGENT_BACK_OFF if message.priority <= URGENT else BACK_OFF
    usual = steps[min(message.attempts - 1, len(steps) - 1)]
    return max(usual, getattr(problem, "pause", None) or usual)
