"""Tables of the way from a visit request to a certificate."""

from inspections.models.calendar import (
    CalendarFeed,
    Closure,
    ClosureMove,
    ExpertHours,
    ExpertLeave,
    ExpertPlan,
    Holiday,
    SpecialHours,
    Weekday,
)
from inspections.models.certificates import Certificate, CertificateState
from inspections.models.complaints import (
    Complaint,
    ComplaintState,
    ComplaintSubject,
    Remedy,
)
from inspections.models.conflicts import ConflictKind, ConflictOfInterest
from inspections.models.corrections import Correction
from inspections.models.criteria import (
    CriteriaSet,
    Criterion,
    CriterionKind,
    PhotoRule,
    ResultRule,
    Severity,
)
from inspections.models.report_parts import ReportDraft, VisitPhoto
from inspections.models.requests import RequestEvent, RequestKind, RequestStatus, VisitRequest
from inspections.models.visits import (
    CallLog,
    CallOutcome,
    ReportAnswer,
    ReportOutcome,
    ReportState,
    SlotState,
    VisitReport,
    VisitSlot,
)

__all__ = [
    "CalendarFeed",
    "CallLog",
    "CallOutcome",
    "Certificate",
    "CertificateState",
    "Closure",
    "ClosureMove",
    "Complaint",
    "ComplaintState",
    "ComplaintSubject",
    "ConflictKind",
    "ConflictOfInterest",
    "Correction",
    "CriteriaSet",
    "Criterion",
    "CriterionKind",
    "ExpertHours",
    "ExpertLeave",
    "ExpertPlan",
    "Holiday",
    "PhotoRule",
    "Remedy",
    "ReportAnswer",
    "ReportDraft",
    "ReportOutcome",
    "ReportState",
    "RequestEvent",
    "RequestKind",
    "RequestStatus",
    "ResultRule",
    "Severity",
    "SlotState",
    "SpecialHours",
    "VisitPhoto",
    "VisitReport",
    "VisitRequest",
    "VisitSlot",
    "Weekday",
]
