"""Behpardakht Mellat's response codes as data: class, and words for the payer.

Classes: S done · U the payer or the card, final for this try · R unknown, ask again · C our configuration
or program, somebody must look · F final other. A code that is not in the table is R. Facts: the bank's
merchant guide, editions 1.29 and 1.39.
"""

from billing.gateways.base import CodeText

_RETRY_LATER = "بانک اکنون پاسخ نمی‌دهد؛ چند دقیقه دیگر دوباره امتحان کنید."
_OUR_FAULT = "درگاه پرداخت اکنون در دسترس نیست؛ موضوع را بررسی می‌کنیم."
_CARD_OWNER = "کارت به نام پرداخت‌کننده تأیید نشد."

_USER = {
    "11": "شماره کارت درست نیست.",
    "12": "موجودی کارت کافی نیست.",
    "13": "رمز کارت درست نیست.",
    "14": "شمار دفعات واردکردن رمز بیش از حد مجاز است.",
    "15": "کارت معتبر نیست.",
    "16": "شمار دفعات برداشت بیش از حد مجاز است.",
    "17": "از پرداخت انصراف دادید.",
    "18": "تاریخ اعتبار کارت گذشته است.",
    "19": "مبلغ بیش از سقف مجاز کارت است.",
    "56": _CARD_OWNER,
    "57": _CARD_OWNER,
    "98": "سقف استفاده از رمز ایستا به پایان رسیده است.",
    "111": "صادرکننده کارت معتبر نیست.",
    "114": "دارنده کارت مجاز به این تراکنش نیست.",
    "415": "مهلت صفحه بانک به پایان رسید؛ دوباره شروع کنید.",
    "419": "اطلاعات بیش از حد مجاز وارد شده است.",
    "995": _CARD_OWNER,
}
_RETRY = (
    "28", "30", "31", "34", "36", "37", "38", "39", "44", "46", "47", "51", "61", "112", "113", "116", "117",
    "211", "416", "997",
)  # fmt: skip
_CONFIGURATION = (
    "20", "21", "23", "24", "25", "26", "27", "29", "32", "33", "35", "41", "62", "115", "412", "413", "414",
    "417", "418", "421",
)  # fmt: skip
_FINAL = {
    "42": "بانک چنین پرداختی را نمی‌شناسد.",
    "48": "بانک مبلغ را به کارت برگردانده است.",
    "49": "تراکنش استرداد یافت نشد.",
    "54": "تراکنش مرجع یافت نشد.",
    "55": "تراکنش معتبر نیست.",
}

CODES: dict[str, CodeText] = {
    **{code: CodeText("S") for code in ("0", "43", "45")},
    **{code: CodeText("U", text) for code, text in _USER.items()},
    **{code: CodeText("R", _RETRY_LATER) for code in _RETRY},
    **{code: CodeText("C", _OUR_FAULT) for code in _CONFIGURATION},
    **{code: CodeText("F", text) for code, text in _FINAL.items()},
}
UNKNOWN_CODE = CodeText("R", _RETRY_LATER)
