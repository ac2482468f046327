"""One settings file; everything that differs between machines comes from the environment.

`SEPTAM_MODE` is `production`, `demo` or `test`. Production takes no default for a secret: the system
checks in `septam/checks.py` name each missing or weak setting. `DEBUG` is off everywhere.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from septam import bank_settings, sms_settings, visit_settings
from septam.variables import Variables

BASE_DIR = Path(__file__).resolve().parent.parent
env = Variables()

MODE = env.str("SEPTAM_MODE", default="demo")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"SEPTAM_MODE is {MODE!r}; it must be production, demo or test")
PRODUCTION = MODE == "production"
DEBUG = False
# Where this process is to die or fail, for tests of interruptions: see septam/failpoints.py.
FAILPOINT = env.str("SEPTAM_FAILPOINT", default="")

DEMO_SECRET_KEY = "demo-only-secret-key-that-production-mode-refuses-by-name-0123456789"
# An empty key would stop Django before the checks can name what is missing.
UNSET_SECRET_KEY = "unset"
SECRET_KEY = env.str("SEPTAM_SECRET_KEY", default="") or (
    UNSET_SECRET_KEY if PRODUCTION else DEMO_SECRET_KEY
)
BASE_URL = env.str("SEPTAM_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("SEPTAM_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost"])
if MODE == "test":
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]

INSTALLED_APPS = [
    "septam.admin_app.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "captcha",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "septam",
    "notifications",
    "sites",
    "accounts",
    "inspections",
    "billing",
    "portal",
]

MIDDLEWARE = [
    "septam.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "septam.middleware.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.ProfileFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "septam.middleware.CacheRulesMiddleware",
    "septam.middleware.NotAllowedPageMiddleware",
    "septam.middleware.NullByteMiddleware",
]

ROOT_URLCONF = "septam.urls"
WSGI_APPLICATION = "septam.wsgi.application"
FORM_RENDERER = "septam.forms.PortalFormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "septam.constant_templates.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context.unread_notices",
                "notifications.context.announcements",
                "septam.context.portal",
            ],
        },
    }
]

DATABASE_IS_NAMED = bool(env.str("DATABASE_URL", default=""))
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://septam@/septam")}
DATABASES["default"].update(
    {
        "ENGINE": "septam.postgres",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": env.str("SEPTAM_TEST_DB", default="test_septam")},
    }
)
# Whether Postgres keeps the plans of the hottest queries for each connection. Off behind a pooler that hands
# connections out by transaction (PgBouncer's pool_mode=transaction): there the next statement meets another one.
PREPARED_ON_SERVER = env.bool("SEPTAM_PREPARED_STATEMENTS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "portal:places"
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tehran"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("SEPTAM_STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("SEPTAM_MEDIA_ROOT", default=str(BASE_DIR / "media"))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(MEDIA_ROOT)},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"
WHITENOISE_AUTOREFRESH = MODE == "test"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_ENGINE = "septam.sessions"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_CONTENT_TYPE_NOSNIFF = True
# The bank compares the Referer with the registered domain (Behpardakht guide 1.26 and later).
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = env.list("SEPTAM_TRUSTED_PROXIES", default=[])
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

BANK_URL = env.str("SEPTAM_BANK_URL", default="http://localhost:8001").rstrip("/")
GATEWAYS = bank_settings.all_gateways(env, BANK_URL, PRODUCTION)
# Which of them are offered, the preferred one first; the others still answer for their attempts.
GATEWAYS_ON = bank_settings.offered(env, PRODUCTION)
ORDER_NUMBER_PREFIX = env.int("SEPTAM_ORDER_PREFIX", default=1)
CART_DAYS = 7
# What the terms keep of the fee when an owner withdraws; the rest is returned.
WITHDRAWAL_DEDUCTION_PERCENT = env.int("SEPTAM_WITHDRAWAL_DEDUCTION_PERCENT", default=0)
if not 0 <= WITHDRAWAL_DEDUCTION_PERCENT <= 100:
    raise ImproperlyConfigured("SEPTAM_WITHDRAWAL_DEDUCTION_PERCENT must be from 0 to 100")

# Paying by bank transfer: whether it is offered, and into which account.
TRANSFERS_ON = env.bool("SEPTAM_TRANSFERS", default=True)
DEMO_IBAN = "IR840120000000000123456789"
TRANSFER_IBAN = env.str("SEPTAM_TRANSFER_IBAN", default="" if PRODUCTION else DEMO_IBAN)
TRANSFER_BANK = env.str("SEPTAM_TRANSFER_BANK", default="" if PRODUCTION else "بانک ملت")
TRANSFER_HOLDER = env.str(
    "SEPTAM_TRANSFER_HOLDER", default="" if PRODUCTION else "شرکت نمونه سپتام"
)
# For how many days after its own a «پیش‌فاکتور» holds the order.
PROFORMA_DAYS = env.int("SEPTAM_PROFORMA_DAYS", default=7)

SMS_URL = env.str("SEPTAM_SMS_URL", default="http://127.0.0.1:8002").rstrip("/")
SMS_KEY = env.str("SEPTAM_SMS_KEY", default="demo-sms-key")
SMS_SENDER = env.str("SEPTAM_SMS_SENDER", default="10004346")
# Which providers are used, the preferred one first; the next one takes what was certainly not sent.
SMS_PROVIDERS = sms_settings.offered(env, PRODUCTION)
# Below it a person must charge Kavenegar's account, in rial.
SMS_LOW_CREDIT = env.int("SEPTAM_SMS_LOW_CREDIT", default=5_000_000)
SMSIR_URL = env.str(
    "SEPTAM_SMSIR_URL", default="https://api.sms.ir" if PRODUCTION else SMS_URL
).rstrip("/")
SMSIR_KEY = env.str("SEPTAM_SMSIR_KEY", default="" if PRODUCTION else "demo-smsir-key")
SMSIR_LINE = env.str("SEPTAM_SMSIR_LINE", default="" if PRODUCTION else "30007732000000")
SMSIR_TEMPLATES = sms_settings.smsir_templates(env)
# SMS.ir counts credit in messages.
SMSIR_LOW_CREDIT = env.int("SEPTAM_SMSIR_LOW_CREDIT", default=2_000)
# Events that go as plain text by the service line; all others go by approved templates.
SMS_BY_LINE = env.list("SEPTAM_SMS_BY_LINE", default=[])
# How many messages a worker has on their way at once. Of each of them a kill −9 may leave the outcome unknown.
SMS_THREADS = env.int("SEPTAM_SMS_THREADS", default=4)
# So many messages, codes and passwords not counted, reach one number inside so many minutes; the others wait.
SMS_PER_NUMBER = env.int("SEPTAM_SMS_PER_NUMBER", default=10)
SMS_PER_NUMBER_MINUTES = env.int("SEPTAM_SMS_PER_NUMBER_MINUTES", default=10)
# The last part of the address that providers call when a message was delivered; empty: no such address.
SMS_CALLBACK_SECRET = env.str("SEPTAM_SMS_CALLBACK_SECRET", default="")
PHONE_PAGE_URL = env.str("SEPTAM_PHONE_URL", default="" if PRODUCTION else SMS_URL)

# Who sells: on invoices and receipts. The demo's company does not exist and says so on each paper.
_SAMPLE_SELLER = {
    "name": "شرکت نمونه سپتام",
    "national_id": "14001234562",
    "economic_number": "411111111111",
    "registration_number": "123456",
    "address": "تهران، خیابان نمونه، پلاک ۱",
    "postal_code": "1345678911",
    "phone": "02100000000",
}
SELLER_SETTINGS = {
    "name": "SEPTAM_SELLER_NAME",
    "national_id": "SEPTAM_SELLER_NATIONAL_ID",
    "economic_number": "SEPTAM_SELLER_ECONOMIC_NUMBER",
    "registration_number": "SEPTAM_SELLER_REGISTRATION_NUMBER",
    "address": "SEPTAM_SELLER_ADDRESS",
    "postal_code": "SEPTAM_SELLER_POSTAL_CODE",
    "phone": "SEPTAM_SELLER_PHONE",
}
SELLER = {
    key: env.str(name, default="" if PRODUCTION else _SAMPLE_SELLER[key])
    for key, name in SELLER_SETTINGS.items()
}
SELLER_IS_SAMPLE = SELLER["national_id"] == _SAMPLE_SELLER["national_id"]
# «شناسه خدمت», 13 digits, of each kind of line, as stuffid.tax.gov.ir lists it; empty: not printed.
SERVICE_IDS = {
    "visit": env.str("SEPTAM_SERVICE_ID_VISIT", default=""),
    "travel": env.str("SEPTAM_SERVICE_ID_TRAVEL", default=""),
    "cloud": env.str("SEPTAM_SERVICE_ID_CLOUD", default=""),
}
# A difference is a part of the visit's fee.
SERVICE_IDS["diff"] = SERVICE_IDS["visit"]
for _id in filter(None, SERVICE_IDS.values()):
    if not (_id.isascii() and _id.isdigit() and len(_id) == 13):
        raise ImproperlyConfigured(f"SEPTAM_SERVICE_ID_…: {_id!r} is not 13 digits")

SUPPORT_PHONE = env.str("SEPTAM_SUPPORT_PHONE", default="02100000000")
# After so many hours without an answer a message stands on the office's first page.
SUPPORT_TARGET_HOURS = env.int("SEPTAM_SUPPORT_TARGET_HOURS", default=24)
# The texts of a conversation that ended are emptied after so many days.
SUPPORT_KEEP_DAYS = env.int("SEPTAM_SUPPORT_KEEP_DAYS", default=730)
CERTIFICATE_SIGNER = env.str("SEPTAM_CERTIFICATE_SIGNER", default="مدیر فنی آزمایشگاه")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [
            SELF,
            *bank_settings.page_origins(GATEWAYS[name] for name in GATEWAYS_ON if name in GATEWAYS),
        ],
    }
}

CAPTCHA_LENGTH = 5
CAPTCHA_TIMEOUT = 10
CAPTCHA_CHALLENGE_FUNCT = "accounts.captcha.digits_challenge"
CAPTCHA_FONT_PATH = [str(BASE_DIR / "static/fonts/ttf/Vazirmatn-Bold.ttf")]
CAPTCHA_FONT_SIZE = 34
CAPTCHA_IMAGE_SIZE = (170, 60)

OTP_TOTP_ISSUER = "Septam"
# Our own limits count by client: django-otp's waits would let whoever learnt a password close the person's way.
OTP_TOTP_THROTTLE_FACTOR = 0
FOREIGN_ID_LENGTHS = (12, 13)
PASSWORD_LIFETIME_HOURS = 24
LOGIN_CODE_MINUTES = 5
# So long a change of the mobile by support waits, in which the earlier number's holder can stop it.
MOBILE_CHANGE_HOURS = env.int("SEPTAM_MOBILE_CHANGE_HOURS", default=48)
# After so many days without a sign-in, a code or password by SMS alone opens an account no more: numbers change hands.
DORMANT_DAYS = env.int("SEPTAM_DORMANT_DAYS", default=180)
# The office's sessions: how long in all, and how long without a click before the second factor is asked again.
OFFICE_SESSION_HOURS = env.int("SEPTAM_OFFICE_SESSION_HOURS", default=8)
OFFICE_IDLE_MINUTES = env.int("SEPTAM_OFFICE_IDLE_MINUTES", default=60)

VISIT_MINUTES = 90
VISIT_TRAVEL_MINUTES = 30
VISIT_HOURS = visit_settings.hours(env)
VISIT_BREAKS = visit_settings.breaks(env)
WEEKEND_DAYS = visit_settings.weekend(env)
RESCHEDULE_HOURS = 48
# Nobody is called absent before the appointment and this grace are over.
NO_SHOW_GRACE_MINUTES = 15
# A time further ahead is taken for a slip of the pen.
PROPOSE_WITHIN_DAYS = 120
# Within so many days of the payment a visit is to be done and its result told; the office's first page measures by it.
QUEUE_TARGET_DAYS = env.int("SEPTAM_QUEUE_TARGET_DAYS", default=10)
REVISIT_DAYS = 30
# How long after a result its owner may complain about it.
COMPLAINT_DAYS = env.int("SEPTAM_COMPLAINT_DAYS", default=30)
# A complaint that waits longer for its decision stands on the office's first page.
COMPLAINT_TARGET_DAYS = 7
# A measured area that differs by no more than this from the declared one changes no price.
DIFFERENCE_TOLERANCE_PERCENT = env.int("SEPTAM_DIFFERENCE_TOLERANCE_PERCENT", default=5)
if not 0 <= DIFFERENCE_TOLERANCE_PERCENT <= 100:
    raise ImproperlyConfigured("SEPTAM_DIFFERENCE_TOLERANCE_PERCENT must be from 0 to 100")
RENEWAL_DAYS = 60
VALIDITY_MONTHS = {1: 12, 2: 12, 3: 6, 4: 6}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"safe": {"()": "septam.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "septam.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["safe"]}
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # zeep logs whole envelopes, with the terminal's password, at DEBUG.
        "zeep": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}
