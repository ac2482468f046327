"""Parsian's codes as data: class, and words for the payer; the classes are those of behpardakht_codes.

Negative codes are the gateway's own, positive ones come from the card network. Facts: public clients and
tables of the gateway.
"""

from billing.gateways.base import CodeText

_RETRY_LATER = "بانک اکنون پاسخ نمی‌دهد؛ چند دقیقه دیگر دوباره امتحان کنید."
_OUR_FAULT = "درگاه پرداخت اکنون در دسترس نیست؛ موضوع را بررسی می‌کنیم."
_REFUSED = "بانک صادرکننده کارت پرداخت را نپذیرفت."
_BAD_CARD = "کارت معتبر نیست."
_EXPIRED = "تاریخ اعتبار کارت گذشته است."
_PIN_TRIES = "شمار دفعات واردکردن رمز بیش از حد مجاز است."
_RESTRICTED = "کارت مجاز به این تراکنش نیست."
_NOT_KNOWN = "بانک چنین پرداختی را نمی‌شناسد."

_USER = {
    "-138": "از پرداخت انصراف دادید.",
    "-111": "مبلغ بیش از سقف مجاز این درگاه است.",
    "-130": "مهلت صفحه بانک به پایان رسید؛ دوباره شروع کنید.",
    **dict.fromkeys(("1", "5", "17", "80", "81", "97", "99"), _REFUSED),
    **dict.fromkeys(("14", "15", "39", "41", "43", "56", "79"), _BAD_CARD),
    **dict.fromkeys(("33", "54"), _EXPIRED),
    **dict.fromkeys(("38", "69", "75"), _PIN_TRIES),
    **dict.fromkeys(("57", "59", "62", "63", "78"), _RESTRICTED),
    "51": "موجودی کارت کافی نیست.",
    "55": "رمز کارت درست نیست.",
    "61": "مبلغ بیش از سقف مجاز کارت است.",
    "65": "شمار دفعات برداشت بیش از حد مجاز است.",
}
_RETRY = (
    "-1", "-32768", "-1000", "-1505", "-1532", "6", "9", "10", "68", "83", "84", "90", "91", "92", "93", "94", "95",
    "96", "200",
)  # fmt: skip
_CONFIGURATION = (
    "-100", "-101", "-103", "-104", "-105", "-106", "-107", "-108", "-112", "-113", "-114", "-115", "-116", "-117",
    "-118", "-119", "-120", "-121", "-126", "-127", "-128", "-132", "-1530", "3", "12", "13", "30", "31", "32",
    "40", "58",
)  # fmt: skip
_FINAL = {
    **dict.fromkeys(("-131", "-1528"), _NOT_KNOWN),
    **dict.fromkeys(("-1527", "-1531"), "پرداخت در صفحه بانک انجام نشد."),
    "-1540": "تأیید پرداخت انجام نشد.",
    "-1549": "مهلت بازگرداندن مبلغ گذشته است.",
    "-1550": "بازگرداندن مبلغ در این وضعیت ممکن نیست.",
    "-1552": "بازگرداندن مبلغ مجاز نیست.",
    **dict.fromkeys(("-102", "-1507", "-1551"), "بانک مبلغ را به کارت برگردانده است."),
}

CODES: dict[str, CodeText] = {
    **{code: CodeText("S") for code in ("0", "2", "8", "-1533")},
    **{code: CodeText("U", text) for code, text in _USER.items()},
    **{code: CodeText("R", _RETRY_LATER) for code in _RETRY},
    **{code: CodeText("C", _OUR_FAULT) for code in _CONFIGURATION},
    **{code: CodeText("F", text) for code, text in _FINAL.items()},
}
UNKNOWN_CODE = CodeText("R", _RETRY_LATER)
