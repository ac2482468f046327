"""The SMS provider as one program: API, phone pages, control addresses."""

from __future__ import annotations

import threading
from pathlib import Path

from simulators.control import Control
from simulators.faults import Fault, run_with_fault
from simulators.pages import static_file
from simulators.sms import codes, parameters
from simulators.sms.api import Account, Api, Call, envelope
from simulators.sms.codes import RefusedError
from simulators.sms.outbox import SCHEMA, Outbox, entry
from simulators.sms.phone import PREFIX, PhonePages
from simulators.store import Store
from simulators.web import (
    BadRequestError,
    DroppedError,
    Request,
    Response,
    RunningServer,
    json_response,
)

NAME = "sms"
HOLD_SECONDS = 30.0
STYLE = Path(__file__).parent.parent / "simulator.css"
OPERATIONS = {
    "sms/send": "ارسال",
    "sms/sendarray": "ارسال گروهی",
    "verify/lookup": "ارسال با الگو",
    "sms/status": "وضعیت",
    "sms/statuslocalmessageid": "وضعیت با شناسه محلی",
    "sms/select": "خواندن پیام",
    "sms/cancel": "لغو",
    "account/info": "حساب",
    "utils/getdate": "ساعت",
}
SENDING = {"sms/send", "verify/lookup"}


class SmsSimulator:
    """Routes requests; keeps everything in the data folder."""

    name = NAME

    def __init__(self, folder: Path, account: Account, hold_seconds: float) -> None:
        self.stopping = threading.Event()
        self._hold_seconds = hold_seconds
        self._store = Store(folder, SCHEMA)
        self._control = Control(NAME, self._store, OPERATIONS, on_reset=self._clear)
        self._clock = self._control.clock
        self._outbox = Outbox(self._store, self._clock.now)
        self._api = Api(account, self._outbox, self._clock.now)
        self._phones = PhonePages(self._outbox, self._clock.now)

    def handle(self, request: Request) -> Response:
        """Answer one request; raises what web.Simulator says."""
        shared = self._control.handle(request)
        if shared is not None:
            return shared
        if request.path.startswith(PREFIX):
            return self._phones.phone(request)
        routes = {
            "/": self._phones.home,
            "/static/simulator.css": lambda request: static_file(STYLE),
            "/_control/messages": self._messages,
            "/_control/credit": self._credit,
        }
        return routes.get(request.path, self._call)(request)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _clear(self) -> None:
        self._outbox.clear()

    def _messages(self, request: Request) -> Response:
        typed = request.query.get("receptor", "")
        try:
            receptor = parameters.mobile(typed) if typed else ""
        except RefusedError as error:
            raise BadRequestError("receptor is not a mobile") from error
        now = self._clock.now()
        extra = ("template", "kind", "localid", "tag", "accepted_at")
        return json_response(
            {
                "now": now,
                "messages": [
                    entry(row, now) | {name: row[name] for name in extra}
                    for row in self._outbox.of(receptor, 1000)
                ],
            }
        )

    def _credit(self, request: Request) -> Response:
        if request.method == "POST":
            body = request.json()
            rial = body.get("rial") if isinstance(body, dict) else None
            if not isinstance(rial, int):
                raise BadRequestError("rial must be a whole number")
            self._outbox.set_credit(rial)
        return json_response({"rial": self._outbox.credit()})

    def _call(self, request: Request) -> Response:
        try:
            call = self._api.read(request)
        except RefusedError as refusal:
            return envelope(refusal.status)
        return run_with_fault(
            self._control.faults.take(call.method),
            lambda: self._perform(call),
            _spoiled,
            self.stopping.wait,
        )

    def _perform(self, call: Call) -> Response:
        receptor = _single_receptor(call)
        if receptor in codes.ANSWER_OF:
            return envelope(codes.ANSWER_OF[receptor])
        if receptor == codes.SILENT_BEFORE:
            self._stay_silent()
        response = self._api.perform(call)
        if receptor == codes.SILENT_AFTER:
            self._stay_silent()
        return response

    def _stay_silent(self) -> None:
        self.stopping.wait(self._hold_seconds)
        raise DroppedError


def _single_receptor(call: Call) -> str:
    if call.method not in SENDING:
        return ""
    try:
        return parameters.mobile(call.parameters.get("receptor", ""))
    except RefusedError:
        return ""


def _spoiled(fault: Fault) -> Response:
    if fault.kind == "malformed":
        return Response(b'{"return":{"status":200,"mess', 200, "application/json")
    if fault.kind == "empty":
        return envelope(codes.OK, [])
    return envelope(int(fault.value) if fault.value.isdigit() else 402)


def serve(
    port: int = 0,
    data: Path | str = "var/sms-simulator",
    account: Account | None = None,
    hold_seconds: float = HOLD_SECONDS,
) -> RunningServer:
    """Start the provider in threads of this process; stop() ends it. Raises OSError (port taken).

    ``hold_seconds`` is how long the receptors that never get an answer keep the caller waiting.
    """
    simulator = SmsSimulator(Path(data), account or Account(), hold_seconds)
    try:
        return RunningServer(simulator, port)
    except OSError:
        simulator.close()
        raise
