"""The second provider: SMS.ir's REST API, version 1, over the same outbox and the same phones.

POST /v1/send/verify, /bulk, /likeToLike; GET /v1/send/{messageId}, /v1/send/live, /v1/send/pack/{packId};
DELETE /v1/send/scheduled/{packId}; GET /v1/credit, /v1/line. The key is a header. Templates have numbers: those
of the same names as Kavenegar's, with #TOKEN#, #TOKEN20# for %token, %token20.
"""

from __future__ import annotations

import re
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from simulators.sms import codes, lookup
from simulators.sms import parameters as checks
from simulators.sms.codes import RefusedError
from simulators.sms.outbox import SMSIR, Draft, Outbox, status_of
from simulators.web import BadRequestError, Request, Response, json_response

OK, SYSTEM_FAULT = 1, 0
BAD_KEY, TOO_MANY_CALLS = 10, 20
BAD_LINE, NO_CREDIT, NO_TEXT, BAD_MOBILE, TOO_MANY_MOBILES, TOO_MANY_TEXTS = range(101, 107)
NO_MOBILES, NO_TEXTS, BAD_TIME, DIFFERENT_COUNTS, NO_SUCH_SEND, NOTHING_TO_DELETE = range(107, 113)
NO_TEMPLATE, LONG_VALUE, BLACKLISTED, NO_PARAMETER_NAME = range(113, 117)
BAD_VALUE = 16
ANSWERS = {
    0: "مشکلی در سامانه رخ داده است، با پشتیبانی در تماس باشید",
    1: "موفق",
    10: "کلید وب‌سرویس نامعتبر است",
    11: "کلید وب‌سرویس غیرفعال است",
    12: "کلید وب‌سرویس محدود به آی‌پی‌های تعریف‌شده است",
    13: "حساب کاربری غیرفعال است",
    14: "حساب کاربری در حالت تعلیق است",
    15: "استفاده از وب‌سرویس نیازمند ارتقای پلن است",
    16: "مقدار ارسالی پارامتر نادرست است",
    20: "تعداد درخواست بیشتر از حد مجاز است",
    101: "شماره خط نامعتبر است",
    102: "اعتبار کافی نیست",
    103: "درخواست شما دارای متن خالی است",
    104: "درخواست شما دارای موبایل نادرست است",
    105: "تعداد موبایل‌ها بیشتر از حد مجاز (۱۰۰) است",
    106: "تعداد متن‌ها بیشتر از حد مجاز (۱۰۰) است",
    107: "لیست موبایل‌ها خالی است",
    108: "لیست متن‌ها خالی است",
    109: "زمان ارسال نامعتبر است",
    110: "تعداد موبایل‌ها و متن‌ها برابر نیست",
    111: "با این شناسه ارسالی ثبت نشده است",
    112: "رکوردی برای حذف یافت نشد",
    113: "قالب یافت نشد",
    114: "طول مقدار پارامتر بیش از حد مجاز (۲۵ کاراکتر) است",
    115: "شماره موبایل در لیست سیاه سامانه است",
    116: "نام پارامتر نمی‌تواند خالی باشد",
    117: "متن ارسالی تأیید نشده است",
    118: "تعداد پیام‌ها بیش از حد مجاز است",
    119: "قالب شخصی‌سازی‌شده نیازمند ارتقای پلن است",
    123: "خط ارسال‌کننده نیازمند فعال‌سازی است",
    124: "فقط ارسال رمز یک‌بارمصرف ممکن است",
}
# The HTTP status beside the answer's own: sign-in, too many calls, a fault of the system, else 400.
HTTP_STATUS = {OK: 200, SYSTEM_FAULT: 500, TOO_MANY_CALLS: 429} | dict.fromkeys(range(10, 15), 401)
MOST_MOBILES = 100
LONGEST_VALUE = 25
PLACEHOLDER = re.compile(r"#([A-Za-z0-9]+)#")
# Kavenegar's words for a state, which the outbox keeps, in SMS.ir's.
DELIVERY = {
    codes.QUEUED: None, codes.SCHEDULED: None, codes.SENT: 3, codes.SENT_TO_OPERATOR: 5,
    codes.FAILED: 6, codes.DELIVERED: 1, codes.UNDELIVERED: 2, codes.CANCELLED: 6, codes.BLOCKED: 7,
}  # fmt: skip
OPERATIONS = {
    "smsir/verify": "SMS.ir: ارسال با الگو",
    "smsir/bulk": "SMS.ir: ارسال",
    "smsir/likeToLike": "SMS.ir: ارسال نظیر به نظیر",
    "smsir/report": "SMS.ir: وضعیت یک پیام",
    "smsir/live": "SMS.ir: پیام‌های امروز",
    "smsir/pack": "SMS.ir: یک بسته",
    "smsir/scheduled": "SMS.ir: لغو بسته زمان‌دار",
    "smsir/credit": "SMS.ir: اعتبار",
    "smsir/line": "SMS.ir: خط‌ها",
}
ROUTES = (
    ("POST", re.compile(r"/v1/send/verify"), "smsir/verify"),
    ("POST", re.compile(r"/v1/send/bulk"), "smsir/bulk"),
    ("POST", re.compile(r"/v1/send/likeToLike", re.IGNORECASE), "smsir/likeToLike"),
    ("GET", re.compile(r"/v1/send/live"), "smsir/live"),
    ("GET", re.compile(r"/v1/send/pack/([0-9a-f-]+)"), "smsir/pack"),
    ("DELETE", re.compile(r"/v1/send/scheduled/([0-9a-f-]+)"), "smsir/scheduled"),
    ("GET", re.compile(r"/v1/send/([0-9]{1,18})"), "smsir/report"),
    ("GET", re.compile(r"/v1/credit"), "smsir/credit"),
    ("GET", re.compile(r"/v1/line"), "smsir/line"),
)


@dataclass(frozen=True)
class SmsIrAccount:
    """The provider's customer at SMS.ir."""

    key: str = "demo-smsir-key"
    lines: tuple[str, ...] = ("30007732000000",)


@dataclass(frozen=True)
class SmsIrCall:
    """A call that is known to be of the account."""

    method: str
    argument: str
    body: dict[str, Any]
    query: dict[str, str]


def reply(status: int, data: object = None) -> Response:
    """SMS.ir's envelope with the HTTP status that belongs to it."""
    body = {"status": status, "message": ANSWERS.get(status, "خطای نامشخص"), "data": data}
    return json_response(body, HTTP_STATUS.get(status, 400))


def is_path(path: str) -> bool:
    """Whether an address is one of SMS.ir's and not one of Kavenegar's, which all end in a format."""
    return path.startswith(("/v1/send/", "/v1/credit", "/v1/line")) and not path.endswith(".json")


@cache
def templates() -> dict[int, str]:
    """The approved templates by their number, with #TOKEN# for %token."""
    return {
        100_000 + zlib.crc32(name.encode()) % 900_000: lookup.PLACEHOLDER.sub(
            lambda found: f"#{found[0][1:].upper()}#", text
        )
        for name, text in lookup.templates().items()
    }


class SmsIr:
    """SMS.ir's methods over the outbox."""

    def __init__(
        self, account: SmsIrAccount, site: str, outbox: Outbox, now: Callable[[], int]
    ) -> None:
        self._account = account
        self._site = site
        self._outbox = outbox
        self._now = now
        self._methods: dict[str, Callable[[SmsIrCall], object]] = {
            "smsir/verify": self._verify,
            "smsir/bulk": self._bulk,
            "smsir/likeToLike": self._like_to_like,
            "smsir/report": self._report,
            "smsir/live": self._live,
            "smsir/pack": self._pack,
            "smsir/scheduled": self._cancel,
            "smsir/credit": lambda call: float(self._outbox.credit(SMSIR)),
            "smsir/line": lambda call: [int(line) for line in self._account.lines],
        }

    def read(self, request: Request) -> SmsIrCall | Response:
        """The call of a request, or the answer that it has none."""
        if request.headers.get("x-api-key") != self._account.key:
            return reply(BAD_KEY)
        for method, path, name in ROUTES:
            found = path.fullmatch(request.path)
            if found and request.method == method:
                argument = found[1] if found.groups() else ""
                body = self._body(request)
                return SmsIrCall(name, argument, body, dict(request.query))
        return Response(b"", 404)

    def _body(self, request: Request) -> dict[str, Any]:
        try:
            body = request.json() if request.method == "POST" else {}
        except BadRequestError:
            body = {}
        # ASP.NET reads names without regard to case, and its samples write them both ways.
        items = body.items() if isinstance(body, dict) else ()
        return {name[:1].lower() + name[1:]: value for name, value in items}

    def perform(self, call: SmsIrCall) -> Response:
        """Carry the call out."""
        try:
            return reply(OK, self._methods[call.method](call))
        except RefusedError as refusal:
            return reply(NO_CREDIT if refusal.status == codes.NO_CREDIT else refusal.status)

    def _verify(self, call: SmsIrCall) -> object:
        receptor = _mobile(call.body.get("mobile"))
        number = call.body.get("templateId")
        text = templates().get(number) if isinstance(number, int) else None
        if receptor is None:
            raise RefusedError(BAD_MOBILE)
        if text is None:
            raise RefusedError(NO_TEMPLATE)
        values = _parameters(call.body.get("parameters"))
        message = _filled(text.replace(lookup.EXAMPLE_SITE, self._site), values)
        draft = Draft(
            receptor, message, self._account.lines[0], template=str(number), provider=SMSIR
        )
        sent = self._outbox.take([draft])[0]
        return {"messageId": sent["messageid"], "cost": float(sent["cost"])}

    def _bulk(self, call: SmsIrCall) -> object:
        text, mobiles = call.body.get("messageText"), call.body.get("mobiles")
        if not isinstance(text, str) or not text.strip():
            raise RefusedError(NO_TEXT)
        if not isinstance(mobiles, list) or not mobiles:
            raise RefusedError(NO_MOBILES)
        return self._send(call, [text] * len(mobiles), mobiles)

    def _like_to_like(self, call: SmsIrCall) -> object:
        texts, mobiles = call.body.get("messageTexts"), call.body.get("mobiles")
        if not isinstance(texts, list) or not texts:
            raise RefusedError(NO_TEXTS)
        if not isinstance(mobiles, list) or not mobiles:
            raise RefusedError(NO_MOBILES)
        if len(texts) > MOST_MOBILES:
            raise RefusedError(TOO_MANY_TEXTS)
        if len(texts) != len(mobiles):
            raise RefusedError(DIFFERENT_COUNTS)
        if not all(isinstance(text, str) and text.strip() for text in texts):
            raise RefusedError(NO_TEXT)
        return self._send(call, texts, mobiles)

    def _send(self, call: SmsIrCall, texts: list[str], mobiles: list[object]) -> object:
        line = str(call.body.get("lineNumber"))
        if line not in self._account.lines:
            raise RefusedError(BAD_LINE)
        if len(mobiles) > MOST_MOBILES:
            raise RefusedError(TOO_MANY_MOBILES)
        send_at, pack = self._time(call.body.get("sendDateTime")), str(uuid.uuid4())
        drafts = [
            Draft(receptor, text, line, send_at, provider=SMSIR, pack=pack) if receptor else None
            for text, receptor in zip(texts, map(_mobile, mobiles), strict=True)
        ]
        sent = iter(self._outbox.take([draft for draft in drafts if draft]))
        rows = [next(sent) if draft else None for draft in drafts]
        # A number that is none has no id, one on the black list the id 0.
        ids = [None if row is None else 0 if row["blocked"] else row["messageid"] for row in rows]
        cost = sum(row["cost"] for row in rows if row and not row["blocked"])
        return {"packId": pack, "messageIds": ids, "cost": float(cost)}

    def _time(self, value: object) -> int:
        if value is None:
            return 0
        if not isinstance(value, int) or not codes.HOUR <= value - self._now() <= 365 * codes.DAY:
            raise RefusedError(BAD_TIME)
        return value

    def _rows(self, condition: str, *values: object, limit: int = MOST_MOBILES) -> list[Any]:
        rows = self._outbox.where(f"provider = '{SMSIR}' AND {condition}", values, limit)
        return [self._shown(row) for row in rows]

    def _shown(self, row: Any) -> dict[str, object]:
        state = DELIVERY[status_of(row, self._now())]
        return {
            "messageId": row["messageid"],
            "mobile": int("98" + row["receptor"][1:]),
            "messageText": row["message"],
            "sendDateTime": row["send_at"],
            "lineNumber": int(row["sender"]),
            "cost": float(row["cost"]),
            "deliveryState": state,
            "deliveryDateTime": None if state is None else self._now(),
        }

    def _report(self, call: SmsIrCall) -> object:
        found = self._rows("messageid = ?", int(call.argument))
        if not found:
            raise RefusedError(NO_SUCH_SEND)
        return found[0]

    def _live(self, call: SmsIrCall) -> object:
        return self._rows("accepted_at > ?", self._now() - codes.DAY)

    def _pack(self, call: SmsIrCall) -> object:
        found = self._rows("pack = ?", call.argument)
        if not found:
            raise RefusedError(NO_SUCH_SEND)
        return found

    def _cancel(self, call: SmsIrCall) -> object:
        rows = self._outbox.where(
            "pack = ? AND send_at > ?", (call.argument, self._now() + 180), 100
        )
        if not rows:
            raise RefusedError(NOTHING_TO_DELETE)
        for row in rows:
            self._outbox.cancel(row)
        return {
            "returnedCreditCount": float(sum(row["cost"] for row in rows)),
            "smsCount": len(rows),
        }


def _mobile(value: object) -> str | None:
    try:
        return checks.mobile(str(value))
    except RefusedError:
        return None


def _parameters(value: object) -> dict[str, str]:
    items = value if isinstance(value, list) else []
    found = {}
    for item in items:
        lowered = {str(name).lower(): text for name, text in dict(item).items()}
        if not lowered.get("name"):
            raise RefusedError(NO_PARAMETER_NAME)
        text = lowered.get("value")
        if not isinstance(text, str) or not text:
            raise RefusedError(BAD_VALUE)
        if len(text) > LONGEST_VALUE:
            raise RefusedError(LONG_VALUE)
        found[str(lowered["name"]).upper()] = text
    return found


def _filled(text: str, values: dict[str, str]) -> str:
    # A parameter of the text that was not given stays as it is written; the provider's page is silent about it.
    return PLACEHOLDER.sub(lambda found: values.get(found[1].upper(), found[0]), text)
