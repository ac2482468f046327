"""Banks and SMS providers: whether they can be reached, and whether they know us, as far as a harmless call can tell.

A bank is asked about a sale that does not exist; a provider for what is left on the account. Both are bounded in time.
"""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from billing import gateways
from billing.gateways.base import Gateway, Sale
from notifications.providers import registry
from notifications.providers.base import AlarmError, ProviderError
from portal.doctor.findings import Finding, good, note, wrong

SECONDS = 5.0
_ON_THE_WAY = {
    "no-connection": "no connection can be made; is the way out open, and its name known here?",
    "connect-timeout": "its address is silent; is the way out open?",
    "wrong-certificate": "its certificate is not accepted; are this machine's clock and root certificates right?",
    "no-answer": "it takes the question and does not answer",
    "connection-lost": "it closes the connection without an answer",
    "unusable-answer": "its answer cannot be read; does another program answer there?",
}
# No sale of ours: orders are numbered by the time in seconds, behind a prefix.
NO_SALE = {
    "behpardakht": Sale(order_number=1, token="0", reference="1", amount_rial=1000),  # nosec B106
    "zarinpal": Sale(order_number=1, token="A" + "0" * 35, reference="", amount_rial=1000),
}


def looks() -> Iterator[Finding]:
    """Each bank and each provider that is offered."""
    for name in gateways.names():
        yield _bank(name)
    for name in registry.offered():
        yield _provider(name)


def reach(url: str) -> str:
    """Why a TCP (and TLS) connection to the address's host cannot be made; empty where it can."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        # With a limit, and nothing is read.
        # nosemgrep: line-without-limits
        with socket.create_connection((host, port), timeout=SECONDS) as line:
            if parts.scheme == "https":
                ssl.create_default_context().wrap_socket(line, server_hostname=host).close()
    except ssl.SSLCertVerificationError as problem:
        return f"{host} shows a certificate that is not accepted ({problem.verify_message})"
    except socket.gaierror:
        return f"{host} has no address"
    except TimeoutError:
        return f"{host}:{port} was silent for {SECONDS:.0f} s"
    except OSError as problem:
        return f"{host}:{port} cannot be reached ({problem.strerror or type(problem).__name__})"
    return ""


def _bank(name: str) -> Finding:
    about = f"bank {name}"
    barrier = reach(settings.GATEWAYS[name]["service_url"])
    if barrier:
        return wrong(
            about, f"{barrier}: is the way out open, and this machine's address known to the bank?"
        )
    gateway = gateways.gateway(name)
    if name not in NO_SALE or not gateway.can_inquire:
        return note(
            about, "can be reached; whether it accepts our credentials, no harmless call can tell"
        )
    return _asked(about, gateway, NO_SALE[name])


def _asked(about: str, gateway: Gateway, sale: Sale) -> Finding:
    code = gateway.inquire(sale).code
    if not code:
        return wrong(about, "can be reached, but gives no answer that can be read")
    if gateway.explain(code).kind == "C":
        return wrong(
            about,
            f"refuses our configuration (code {code}): terminal, user, password, or this machine's address",
        )
    return good(about, f"answers, and does not refuse our credentials (code {code})")


def _provider(name: str) -> Finding:
    about = f"sms {name}"
    try:
        credit = registry.provider(name).credit()
    except AlarmError as problem:
        return wrong(
            about, f"refuses us (code {problem.code}): key, account, or this machine's address"
        )
    except ProviderError as problem:
        return wrong(about, f"cannot be asked: {_ON_THE_WAY.get(problem.code, problem.code)}")
    left = f"{credit.amount:,} {credit.unit} are left"
    return (
        wrong(about, f"{left}: charge the account")
        if credit.is_low
        else good(about, f"answers; {left}")
    )
