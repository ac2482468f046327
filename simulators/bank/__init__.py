"""The internet gateways of Behpardakht Mellat, Zarinpal and Parsian; ``python -m simulators.bank``."""

from simulators.bank.merchant import Merchant
from simulators.bank.server import serve

__all__ = ["Merchant", "serve"]
