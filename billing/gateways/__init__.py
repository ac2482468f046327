"""Banks: one module each behind one small interface."""

from billing.gateways.base import (
    Answer,
    BankForm,
    Callback,
    CodeText,
    Gateway,
    NewPayment,
    Outcome,
    Return,
    Sale,
    Started,
    Step,
    gateway,
    known,
    names,
    title_of,
)

__all__ = [
    "Answer", "BankForm", "Callback", "CodeText", "Gateway", "NewPayment", "Outcome", "Return", "Sale",
    "Started", "Step", "gateway", "known", "names", "title_of",
]  # fmt: skip
