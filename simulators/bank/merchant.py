"""The one shop that the simulated banks have a contract with."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_TERMINAL = 1234567
DEFAULT_USER = "septam"
DEFAULT_PASSWORD = "demo-pass"
DEFAULT_ZARINPAL = "00000000-0000-4000-8000-5e97a3000001"
DEFAULT_PARSIAN_PIN = "demo-parsian-pin"
DEFAULT_CALLBACK_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Merchant:
    """Credentials, registered hosts and the name on the bank's page; the limit is in rial."""

    terminal: int = DEFAULT_TERMINAL
    user: str = DEFAULT_USER
    password: str = DEFAULT_PASSWORD
    zarinpal: str = DEFAULT_ZARINPAL
    parsian_pin: str = DEFAULT_PARSIAN_PIN
    callback_hosts: tuple[str, ...] = (DEFAULT_CALLBACK_HOST,)
    name: str = "سامانه سپتام"
    largest_amount: int = 10_000_000_000

    def owns(self, url: str) -> bool:
        """Whether an absolute http(s) address lies on a registered host or below it."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return False
        if parts.scheme not in ("http", "https"):
            return False
        return any(host == own or host.endswith("." + own) for own in self.callback_hosts)
