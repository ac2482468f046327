"""A bank's SOAP service, as the WSDL beside this file describes it.

zeep reads the WSDL once a process; what a call needs of it is kept by `envelopes`, and the line to the bank
by `septam.wire`.
"""

import logging
import threading
from pathlib import Path
from typing import Any

import requests
import urllib3
import zeep
from lxml import etree
from zeep.transports import Transport

from billing.gateways.envelopes import Operation
from septam import wire

logger = logging.getLogger(__name__)
WSDLS = Path(__file__).parent / "wsdl"
# What zeep, lxml and the line raise for answers that do not come, are no envelope, or one of something else.
UNUSABLE = (
    zeep.exceptions.Error, etree.LxmlError, urllib3.exceptions.HTTPError, requests.RequestException, OSError,
    ValueError, LookupError, AttributeError, TypeError,
)  # fmt: skip


class SoapService:
    """One service at one address; the WSDL is read lazily, once a process, without fetching anything."""

    def __init__(
        self, bank: str, wsdl: str, binding: str, url: str, timeouts: tuple[float, float]
    ) -> None:
        self._bank = bank
        self._wsdl = WSDLS / wsdl
        self._binding = binding
        self._line = wire.Line(url, timeouts)
        self._lock = threading.Lock()
        self._operations: dict[str, Operation] = {}

    def call(self, operation: str, **fields: Any) -> dict[str, str] | None:
        """The fields of the operation's answer; None for none, and for whatever went wrong on the way."""
        asked = self._operation(operation)
        try:
            reply = self._line.post(asked.envelope(fields), asked.headers)
            # A fault comes with 500; it is no word about the money.
            if reply.status == 200:
                return asked.answer(reply.body)
            problem = f"HTTP {reply.status}"
        except UNUSABLE as error:
            # The error's own text may hold the envelope; its name is enough.
            problem = type(error).__name__
        logger.warning("%s %s: no answer (%s)", self._bank, operation, problem)
        return None

    def _operation(self, name: str) -> Operation:
        with self._lock:
            if not self._operations:
                self._operations = self._described()
            return self._operations[name]

    def _described(self) -> dict[str, Operation]:
        strict = zeep.Settings(
            strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True
        )
        client = zeep.Client(
            str(self._wsdl), transport=Transport(session=wire.session()), settings=strict
        )
        described = client.wsdl.bindings[self._binding].all()
        return {name: Operation(operation) for name, operation in described.items()}
