"""Which form asks for which step of the office."""

from inspections.office.corrections import CorrectForm
from inspections.office.forms import (
    AssignForm,
    CallForm,
    CancelForm,
    EndorseForm,
    SendBackForm,
    StepForm,
)
from inspections.office.times import MoveForm, ProposeForm, RescheduleForm

FORMS: dict[str, type[StepForm]] = {
    "call": CallForm,
    "propose": ProposeForm,
    "move": MoveForm,
    "assign": AssignForm,
    "endorse": EndorseForm,
    "send_back": SendBackForm,
    "reschedule": RescheduleForm,
    "correct": CorrectForm,
    "cancel": CancelForm,
}
