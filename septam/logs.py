"""JSON log lines with a request id, and secrets in paths masked."""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_client: ContextVar[str] = ContextVar("client", default="")
# Paths whose last part is a secret: the certificate's share code, signed results, the link that stops a change, the SMS key and callback.
_SECRET_PATHS = re.compile(r"(/(?:c|n|r|feed|v1|sms-status)/)[^/\s?\"']+")

# What JSON leaves as it is and a screen obeys: control signs, line ends of Unicode, marks that turn the direction or
# are not seen, halves of pairs that cannot be written at all. The half-space of Persian words stays.
_UNRULY = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b\u200d-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def current_request_id() -> str:
    """The id of the request being answered; empty outside one."""
    return _request_id.get()


def current_client() -> str:
    """The address of the client being answered; empty outside a request."""
    return _client.get()


def begin_request(request_id: str, client: str) -> None:
    """Remember whose request this thread answers from here on."""
    _request_id.set(request_id)
    _client.set(client)


def mask(text: str) -> str:
    """The text without the secrets that some paths carry."""
    return _SECRET_PATHS.sub(r"\1***", text)


class RequestIdFilter(logging.Filter):
    """Puts the request id on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with its request id."""
        record.request_id = current_request_id()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line; keys are stable, so that machines can read them."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage()),
            "request_id": getattr(record, "request_id", ""),
        }
        if record.exc_info:
            entry["exception"] = mask(self._fault(record))
        line = json.dumps(entry, ensure_ascii=False)
        return _UNRULY.sub(lambda found: f"\\u{ord(found[0]):04x}", line)

    def _fault(self, record: logging.LogRecord) -> str:
        """The whole stack of a fault of ours; of a request that was refused one line, which nobody can fill disks with."""
        assert record.exc_info  # noqa: S101  # the caller asked  # nosec B101
        if not _is_refusal(record):
            return self.formatException(record.exc_info)
        return "".join(traceback.format_exception_only(record.exc_info[1])).strip()


def _is_refusal(record: logging.LogRecord) -> bool:
    if record.name == "django.request":
        return record.levelno < logging.ERROR
    return record.name.startswith("django.security")
