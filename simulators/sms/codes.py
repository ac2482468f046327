"""Kavenegar's code tables: the status of an answer, of a message, and the limits between them."""

from __future__ import annotations

OK = 200
INCOMPLETE = 400
BAD_KEY = 403
UNKNOWN_METHOD = 404
WRONG_HTTP_METHOD = 405
EMPTY_PARAMETER = 406
WRONG_RECEPTOR = 411
WRONG_SENDER = 412
WRONG_MESSAGE = 413
TOO_MANY = 414
WRONG_DATE = 417
NO_CREDIT = 418
DIFFERENT_LENGTHS = 419
UNSUITABLE_CHARACTER = 422
UNKNOWN_TEMPLATE = 424
CODE_NOT_SPEAKABLE = 428
BUSY = 409
LIMITED = 451
FAILED_CALL = 402
WRONG_TOKEN = 431
TEMPLATE_WITHOUT_CODE = 432
WRONG_TAG = 607

ANSWERS = {
    200: "تایید شد",
    400: "پارامترها ناقص هستند",
    401: "حساب کاربری غیرفعال شده است",
    402: "عملیات ناموفق بود",
    403: "کد شناسایی API-Key معتبر نمی‌باشد",
    404: "متد نامشخص است",
    405: "متد Get/Post اشتباه است",
    406: "پارامترهای اجباری خالی ارسال شده اند",
    407: "دسترسی به اطلاعات مورد نظر برای شما امکان پذیر نیست",
    409: "سرور قادر به پاسخگوئی نیست بعدا تلاش کنید",
    411: "دریافت کننده نامعتبر است",
    412: "ارسال کننده نامعتبر است",
    413: "پیام خالی است و یا طول پیام بیش از حد مجاز می‌باشد",
    414: "تعداد رکوردها بیشتر از حد مجاز است",
    415: "اندیس شروع بزرگ تر از کل تعداد شماره های مورد نظر است",
    416: "IP سرویس مبدا با تنظیمات مطابقت ندارد",
    417: "تاریخ ارسال اشتباه است",
    418: "اعتبار شما کافی نمی‌باشد",
    419: "طول آرایه متن و گیرنده و فرستنده هم اندازه نیست",
    420: "استفاده از لینک در متن پیام برای شما محدود شده است",
    422: "داده ها به دلیل وجود کاراکتر نامناسب قابل پردازش نیست",
    424: "الگوی مورد نظر پیدا نشد",
    426: "استفاده از این متد نیازمند سرویس پیشرفته می‌باشد",
    427: "استفاده از این خط نیازمند ایجاد سطح دسترسی می باشد",
    428: "ارسال کد از طریق تماس تلفنی امکان پذیر نیست",
    429: "IP محدود شده است",
    431: "ساختار کد صحیح نمی‌باشد",
    432: "پارامتر کد در متن پیام پیدا نشد",
    451: "فراخوانی بیش از حد در بازه زمانی مشخص، IP محدود شده است",
    501: "فقط امکان ارسال پیام تست به شماره صاحب حساب کاربری وجود دارد",
    604: "تعداد زیادی از شماره ها بلاک هستند",
    607: "نام تگ انتخابی اشتباه است",
    **dict.fromkeys(range(800, 814), "فایل رسانه پذیرفته نشد"),
}

# Message status; 50 is that of a message that came in.
QUEUED, SCHEDULED, SENT, SENT_TO_OPERATOR = 1, 2, 4, 5
FAILED, DELIVERED, UNDELIVERED, CANCELLED, BLOCKED, UNKNOWN = 6, 10, 11, 13, 14, 100
RECEIVED = 50
STATUS_TEXTS = {
    QUEUED: "در صف ارسال",
    SCHEDULED: "زمان بندی شده",
    SENT: "ارسال شده به مخابرات",
    SENT_TO_OPERATOR: "ارسال شده به مخابرات",
    FAILED: "خطا در ارسال پیام",
    DELIVERED: "رسیده به گیرنده",
    UNDELIVERED: "نرسیده به گیرنده",
    CANCELLED: "لغو شده",
    BLOCKED: "بلاک شده",
    UNKNOWN: "شناسه پیامک نامعتبر است",
}

HOUR = 60 * 60
LOCALID_MEMORY = 12 * HOUR
STATUS_MEMORY = 48 * HOUR
MOST_RECEPTORS = 200
MOST_IDS = 500
LONGEST_MESSAGE = 900

DAY = 24 * HOUR
LISTED_DAYS = 3
MOST_LISTED = 500
MOST_RECEIVED = 100
# Why a receiver is on the list of those who want nothing from a line.
BLOCK_REASONS = {0: "وب‌سرویس", 1: "پنل", 2: "لغو۱۱", 3: "مدیر", 10: "نامشخص"}
BY_WEB_SERVICE, BY_RECEIVER = 0, 2

# Receptors that always go wrong in the same way. They look like mobiles of no operator that
# people have, so a demo person never meets them by chance.
FINAL_STATUS_OF = {"09990000006": FAILED, "09990000011": UNDELIVERED}
ALWAYS_BLOCKED = "09990000014"
ANSWER_OF = {"09990000409": BUSY, "09990000418": NO_CREDIT, "09990000451": LIMITED}
FINAL = {FAILED, DELIVERED, UNDELIVERED, CANCELLED, BLOCKED}
SILENT_BEFORE = "09990000901"
SILENT_AFTER = "09990000902"


class RefusedError(Exception):
    """The provider does not accept the call; ``status`` is the code of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
