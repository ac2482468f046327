"""Tables of prices, orders and payments. All amounts are whole rial."""

from billing.models.invoices import (
    BuyerKind,
    Invoice,
    InvoiceBuyer,
    InvoiceCounter,
    InvoiceKind,
    InvoiceLine,
    PaperFile,
    TaxState,
    TaxSubmission,
)
from billing.models.orders import LineKind, Order, OrderLine, OrderState
from billing.models.payments import AttemptState, PaymentAttempt, PaymentEvent
from billing.models.reconciliation import BankFile, BankFileRow, BankOutcome, RowKind
from billing.models.refunds import RefundCase, RefundMethod, RefundReason, RefundState
from billing.models.shares import ShareRow, ShareRule, ShareStatement
from billing.models.tariffs import CloudTariff, Tariff, TravelFee, VatRate
from billing.models.transfers import BankTransfer, Proforma, ProformaState, TransferState

__all__ = [
    "AttemptState",
    "BankFile",
    "BankFileRow",
    "BankOutcome",
    "BankTransfer",
    "BuyerKind",
    "CloudTariff",
    "Invoice",
    "InvoiceBuyer",
    "InvoiceCounter",
    "InvoiceKind",
    "InvoiceLine",
    "LineKind",
    "Order",
    "OrderLine",
    "OrderState",
    "PaperFile",
    "PaymentAttempt",
    "PaymentEvent",
    "Proforma",
    "ProformaState",
    "RefundCase",
    "RefundMethod",
    "RefundReason",
    "RefundState",
    "RowKind",
    "ShareRow",
    "ShareRule",
    "ShareStatement",
    "Tariff",
    "TaxState",
    "TaxSubmission",
    "TransferState",
    "TravelFee",
    "VatRate",
]
