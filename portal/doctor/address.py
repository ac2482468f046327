"""The settings, and the portal as a visitor reaches it: name, certificate, proxy."""

import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core import checks

from portal.doctor.findings import Finding, good, note, wrong
from portal.doctor.outside import SECONDS, reach
from septam import wire

LEAST_DAYS = 14
DAY_SECONDS = 86_400
# Django's words for what septam.E001, E003 and E025 say by the setting's name.
SAID_BY_OURS = {"security.W009", "security.W020", "security.W025"}


def settings_hold() -> Iterator[Finding]:
    """What `check --deploy` says in production."""
    if not settings.PRODUCTION:
        yield note("settings", f"this is no production: SEPTAM_MODE is {settings.MODE}")
        return
    faults = [
        fault
        for fault in checks.run_checks(include_deployment_checks=True)
        if fault.id not in SAID_BY_OURS
    ]
    for fault in faults:
        yield wrong("settings", f"{fault.id}: {fault.msg} {fault.hint or ''}".strip())
    if not faults:
        yield good("settings", "nothing is missing or weak")
    if not settings.TRUSTED_PROXIES:
        yield note(
            "proxies",
            "SEPTAM_TRUSTED_PROXIES is empty: behind a proxy all visitors would share one limit",
        )


def looks() -> Iterator[Finding]:
    """The public address from here. A machine that cannot see its own public address is told so, not blamed."""
    url = settings.BASE_URL
    barrier = reach(url)
    if barrier:
        yield note("address", f"{barrier}; from outside it may be different")
        return
    if url.startswith("https://"):
        yield _certificate(urlsplit(url).hostname or "", urlsplit(url).port or 443)
    yield _healthz(url)


def _certificate(host: str, port: int) -> Finding:
    with (
        # With a limit, and nothing is read.
        # nosemgrep: line-without-limits
        socket.create_connection((host, port), timeout=SECONDS) as line,
        ssl.create_default_context().wrap_socket(line, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    days = int((ends - time.time()) // DAY_SECONDS)
    text = f"its certificate is good for {days} more days"
    return wrong("tls", f"{text}: renew it") if days < LEAST_DAYS else good("tls", text)


def _healthz(url: str) -> Finding:
    try:
        with wire.session() as session:
            answer = session.get(
                f"{url}/healthz", timeout=(SECONDS, SECONDS), allow_redirects=False
            )
    except requests.RequestException as problem:
        return wrong("address", f"{url} gives no answer ({type(problem).__name__})")
    if answer.status_code == 200 and answer.text == "ok":
        return good("address", f"{url} answers")
    meaning = {
        301: "the proxy does not say X-Forwarded-Proto: https",
        400: "the proxy does not hand the Host on, or SEPTAM_HOSTS lacks it",
        502: "the proxy finds no web process behind it",
        503: "the proxy has nobody behind it, or they are overloaded",
        504: "the web process behind the proxy is silent",
    }
    why = meaning.get(answer.status_code, "another program answers there")
    return wrong("address", f"{url}/healthz says {answer.status_code}: {why}")
