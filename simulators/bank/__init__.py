"""A bank that follows Behpardakht Mellat's internet gateway; ``python -m simulators.bank``."""

from simulators.bank.merchant import Merchant
from simulators.bank.server import serve

__all__ = ["Merchant", "serve"]
