"""A bank's SOAP service by zeep, against a WSDL that stands beside this file."""

import logging
import threading
from pathlib import Path
from typing import Any

import requests
import zeep
from zeep.transports import Transport

from septam import wire

logger = logging.getLogger(__name__)
WSDLS = Path(__file__).parent / "wsdl"
# What zeep and lxml raise for answers that are no envelope, or an envelope of something else.
UNUSABLE = (
    zeep.exceptions.Error, requests.RequestException, OSError, ValueError, LookupError, AttributeError, TypeError,
)  # fmt: skip


class SoapService:
    """One service at one address; the client is built lazily, once a process, without fetching anything."""

    def __init__(
        self, bank: str, wsdl: str, binding: str, url: str, timeouts: tuple[float, float]
    ) -> None:
        self._bank = bank
        self._wsdl = WSDLS / wsdl
        self._binding = binding
        self._url = url
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._service: Any = None

    def call(self, operation: str, **fields: Any) -> Any:
        """The operation's result; None for none, and for whatever went wrong on the way."""
        service = self._bound()
        try:
            return getattr(service, operation)(**fields)
        except UNUSABLE as problem:
            # The problem's own text may hold the envelope; its name is enough.
            logger.warning("%s %s: no answer (%s)", self._bank, operation, type(problem).__name__)
            return None

    def _bound(self) -> Any:
        with self._lock:
            if self._service is None:
                self._service = self._client().create_service(self._binding, self._url)
            return self._service

    def _client(self) -> zeep.Client:
        transport = Transport(
            session=wire.session(), timeout=self._timeouts[1], operation_timeout=self._timeouts
        )
        strict = zeep.Settings(
            strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True
        )
        return zeep.Client(str(self._wsdl), transport=transport, settings=strict)
