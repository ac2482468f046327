"""Tables of prices, orders and payments. All amounts are whole rial."""

from billing.models.orders import LineKind, Order, OrderLine, OrderState
from billing.models.payments import AttemptState, PaymentAttempt, PaymentEvent
from billing.models.refunds import RefundCase, RefundMethod, RefundReason, RefundState
from billing.models.tariffs import CloudTariff, Tariff, TravelFee, VatRate
from billing.models.transfers import BankTransfer, Proforma, ProformaState, TransferState

__all__ = [
    "AttemptState",
    "BankTransfer",
    "CloudTariff",
    "LineKind",
    "Order",
    "OrderLine",
    "OrderState",
    "PaymentAttempt",
    "PaymentEvent",
    "Proforma",
    "ProformaState",
    "RefundCase",
    "RefundMethod",
    "RefundReason",
    "RefundState",
    "Tariff",
    "TransferState",
    "TravelFee",
    "VatRate",
]
