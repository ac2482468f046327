"""Zarinpal's codes as data: class, and words for the payer; the classes are those of behpardakht_codes.

The statuses of an inquiry and of the callback stand here too, for they reach the history the same way.
Facts: the provider's public documentation of version 4.
"""

from billing.gateways.base import CodeText

_RETRY_LATER = "درگاه اکنون پاسخ نمی‌دهد؛ چند دقیقه دیگر دوباره امتحان کنید."
_OUR_FAULT = "درگاه پرداخت اکنون در دسترس نیست؛ موضوع را بررسی می‌کنیم."

_USER = {
    "NOK": "پرداخت در صفحه درگاه انجام نشد.",
    "-41": "مبلغ بیش از سقف این درگاه است.",
    "-51": "پرداخت در صفحه درگاه انجام نشد.",
}
_RETRY = ("-12", "-52", "IN_BANK", "PAID")
_CONFIGURATION = (
    "-9", "-10", "-11", "-13", "-14", "-15", "-16", "-17", "-18", "-19", "-30", "-31", "-32", "-33", "-34", "-35",
    "-36", "-37", "-38", "-39", "-40", "-53", "-62", "429", "430", "431", "432", "433",
)  # fmt: skip
_FINAL = {
    "-50": "مبلغ پرداخت‌شده با مبلغ سفارش یکی نیست.",
    "-54": "درگاه چنین پرداختی را نمی‌شناسد.",
    "-55": "درگاه چنین پرداختی را نمی‌شناسد.",
    "-60": "بازگرداندن مبلغ از سوی بانک ممکن نیست.",
    "-61": "این پرداخت موفق نبوده یا پیش‌تر برگشته است.",
    "-63": "مهلت بازگرداندن مبلغ گذشته است.",
    "FAILED": "پرداخت در صفحه درگاه انجام نشد.",
    "REVERSED": "مبلغ به کارت برگشته است.",
}

CODES: dict[str, CodeText] = {
    **{code: CodeText("S") for code in ("100", "101", "OK", "VERIFIED")},
    **{code: CodeText("U", text) for code, text in _USER.items()},
    **{code: CodeText("R", _RETRY_LATER) for code in _RETRY},
    **{code: CodeText("C", _OUR_FAULT) for code in _CONFIGURATION},
    **{code: CodeText("F", text) for code, text in _FINAL.items()},
}
UNKNOWN_CODE = CodeText("R", _RETRY_LATER)
