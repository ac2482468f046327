"""The SMS providers as one program: both APIs, phone pages, the accounts' page, control addresses, callbacks."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from simulators.control import Control
from simulators.faults import Fault, run_with_fault
from simulators.pages import static_file
from simulators.sms import blocking, callbacks, codes, inbox, outbox, parameters, smsir
from simulators.sms.account import Account, AccountPages
from simulators.sms.api import Api, Call, envelope
from simulators.sms.callbacks import Callbacks
from simulators.sms.codes import RefusedError
from simulators.sms.neighbours import Neighbours
from simulators.sms.outbox import Outbox
from simulators.sms.phone import PREFIX, PhonePages
from simulators.sms.steering import Steering
from simulators.store import Store
from simulators.web import DroppedError, Request, Response, RunningServer

NAME = "sms"
HOLD_SECONDS = 30.0
STYLE = Path(__file__).parent.parent / "simulator.css"
SCHEMA = outbox.SCHEMA + blocking.SCHEMA + callbacks.SCHEMA + inbox.SCHEMA
# Answers that go wrong in ways of their own, beside those of every simulator.
WRONG_SHAPE, TWICE = "wrong_shape", "twice"
OWN_KINDS = {WRONG_SHAPE: "پاسخ با شکل نادرست", TWICE: "نتیجه تکراری در پاسخ"}
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
    **smsir.OPERATIONS,
}
# What the faults panel suggests for «a code».
CODES = {str(code): f"کاوه‌نگار: {text}" for code, text in codes.ANSWERS.items()} | {
    str(code): f"SMS.ir: {text}" for code, text in smsir.ANSWERS.items()
}
SENDING = {"sms/send", "verify/lookup"}


class SmsSimulator:
    """Routes requests; keeps everything in the data folder."""

    name = NAME

    def __init__(self, folder: Path, account: Account, hold_seconds: float) -> None:
        self.stopping = threading.Event()
        self._hold_seconds = hold_seconds
        self._store = Store(folder, SCHEMA)
        self._control = Control(
            NAME,
            self._store,
            OPERATIONS,
            codes=CODES,
            on_reset=self._clear,
            own_kinds=OWN_KINDS,
        )
        now = self._control.clock.now
        self._outbox = Outbox(self._store, now)
        self._neighbours = Neighbours(self._store, self._outbox, account.lines, now)
        self._api = Api(account, self._outbox, now, self._neighbours.methods())
        self._smsir = smsir.SmsIr(account.smsir, account.site, self._outbox, now)
        self._callbacks = Callbacks(self._store, now, self.stopping)
        blocklist = self._neighbours.blocklist
        self._phones = PhonePages(self._outbox, blocklist, now)
        self._account_pages = AccountPages(account, self._outbox, blocklist, self._callbacks)
        self._steering = Steering(
            self._outbox, blocklist, self._neighbours.inbox, self._callbacks, now
        )
        if account.callback:
            for line in account.lines:
                self._callbacks.hook(line, account.callback)
        self._caller = self._callbacks.start()

    def handle(self, request: Request) -> Response:
        """Answer one request; raises what web.Simulator says."""
        shared = self._control.handle(request)
        if shared is not None:
            return shared
        if request.path.startswith(PREFIX):
            return self._phones.phone(request)
        routes: dict[str, Callable[[Request], Response]] = {
            "/": self._phones.home,
            "/account": self._account_pages.page,
            "/static/simulator.css": lambda request: static_file(STYLE),
            **self._steering.routes(),
        }
        usual = self._smsir_call if smsir.is_path(request.path) else self._call
        return routes.get(request.path, usual)(request)

    def close(self) -> None:
        """Close the store, after the call to a customer that is under way."""
        self._caller.join(callbacks.TIMEOUT + 1)
        self._store.close()

    def _clear(self) -> None:
        self._outbox.clear()
        self._callbacks.clear()
        self._neighbours.inbox.clear()
        self._neighbours.blocklist.clear()

    def _call(self, request: Request) -> Response:
        try:
            call = self._api.read(request)
        except RefusedError as refusal:
            return envelope(refusal.status)
        return self._answer(call.method, lambda: self._perform(call), _spoiled)

    def _smsir_call(self, request: Request) -> Response:
        call = self._smsir.read(request)
        if isinstance(call, Response):
            return call
        return self._answer(call.method, lambda: self._smsir.perform(call), _smsir_spoiled)

    def _answer(
        self, method: str, execute: Callable[[], Response], spoil: Callable[[Fault], Response]
    ) -> Response:
        fault = self._control.faults.take(method)
        if fault is not None and fault.kind == TWICE:
            return _doubled(execute())
        return run_with_fault(fault, execute, spoil, self.stopping.wait)

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
    if fault.kind == WRONG_SHAPE:
        return envelope(codes.OK, [["messageid", 1], "messageid"])
    return envelope(int(fault.value) if fault.value.isdigit() else codes.FAILED_CALL)


def _smsir_spoiled(fault: Fault) -> Response:
    if fault.kind == "malformed":
        return Response(b'{"status":1,"mess', 200, "application/json")
    if fault.kind == "empty":
        return smsir.reply(smsir.OK)
    if fault.kind == WRONG_SHAPE:
        return smsir.reply(smsir.OK, [["messageId", 1], "messageId"])
    return smsir.reply(int(fault.value) if fault.value.isdigit() else smsir.SYSTEM_FAULT)


def _doubled(response: Response) -> Response:
    """The same result twice in one answer: entries of Kavenegar, ids of SMS.ir."""
    body = json.loads(response.body)
    data = body.get("data")
    if isinstance(body.get("entries"), list):
        body["entries"] *= 2
    elif isinstance(data, dict) and isinstance(data.get("messageIds"), list):
        data["messageIds"] *= 2
    return replace(response, body=json.dumps(body, ensure_ascii=False).encode())


def serve(
    port: int = 0,
    data: Path | str = "var/sms-simulator",
    account: Account | None = None,
    hold_seconds: float = HOLD_SECONDS,
) -> RunningServer:
    """Start the providers in threads of this process; stop() ends it. Raises OSError (port taken).

    ``hold_seconds`` is how long the receptors that never get an answer keep the caller waiting.
    """
    simulator = SmsSimulator(Path(data), account or Account(), hold_seconds)
    try:
        return RunningServer(simulator, port)
    except OSError:
        simulator.stopping.set()
        simulator.close()
        raise
