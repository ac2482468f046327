"""The only writer of a visit request's status: one function a verb.

Each verb is one transaction: lock (requests by id → place → expert), look into the table of
:mod:`inspections.workflow.core`, write, add the history row, queue notices and SMS. A verb that the state
forbids raises :class:`NotAllowed`; an owner's verb on another's request raises ``DoesNotExist``.
"""

from inspections.refusals import (
    AlreadyOpen,
    CannotPlace,
    DoubleBooked,
    MovedOn,
    NotAllowed,
    PastTime,
    TimeRefused,
)
from inspections.workflow.cart import mark_paid, open_request, take_out_of_cart
from inspections.workflow.core import OWN_PLACE, TRANSITIONS, Transition, allows, newest_event
from inspections.workflow.correcting import correct, why_not_corrected
from inspections.workflow.endings import cancel, register_cancelled, withdraw
from inspections.workflow.handling import Assigned, assign, assign_many, log_call, name_hours
from inspections.workflow.laboratories import (
    change_laboratory,
    laboratory_back,
    lose_laboratory,
)
from inspections.workflow.results import (
    certify_paid,
    endorse,
    leave_unpaid,
    send_back,
    submit_report,
    why_not_endorsed,
)
from inspections.workflow.times import (
    ask_another_time,
    close_day,
    confirm_time,
    decline_time,
    lapse_proposals,
    move_time,
    propose_time,
    report_missed_visit,
    reschedule,
    why_nobody_comes,
)

__all__ = [
    "OWN_PLACE",
    "TRANSITIONS",
    "AlreadyOpen",
    "Assigned",
    "CannotPlace",
    "DoubleBooked",
    "MovedOn",
    "NotAllowed",
    "PastTime",
    "TimeRefused",
    "Transition",
    "allows",
    "ask_another_time",
    "assign",
    "assign_many",
    "cancel",
    "certify_paid",
    "change_laboratory",
    "close_day",
    "confirm_time",
    "correct",
    "decline_time",
    "endorse",
    "laboratory_back",
    "lapse_proposals",
    "leave_unpaid",
    "log_call",
    "lose_laboratory",
    "mark_paid",
    "move_time",
    "name_hours",
    "newest_event",
    "open_request",
    "propose_time",
    "register_cancelled",
    "report_missed_visit",
    "reschedule",
    "send_back",
    "submit_report",
    "take_out_of_cart",
    "why_nobody_comes",
    "why_not_corrected",
    "why_not_endorsed",
    "withdraw",
]
