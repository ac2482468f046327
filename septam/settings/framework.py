"""Django's own settings and those of the packages."""

from csp.constants import NONE, SELF

from septam import bank_settings, bucket_settings, cache_settings, static_headers
from septam.settings.environment import BASE_DIR, MODE, PRODUCTION, env
from septam.settings.money import GATEWAYS, GATEWAYS_ON

DEMO_SECRET_KEY = "demo-only-secret-key-that-production-mode-refuses-by-name-0123456789"  # nosec B105
# An empty key would stop Django before the checks can name what is missing.
UNSET_SECRET_KEY = "unset"  # nosec B105
SECRET_KEY = env.str("SEPTAM_SECRET_KEY", default="") or (
    UNSET_SECRET_KEY if PRODUCTION else DEMO_SECRET_KEY
)
# Earlier keys, the newest first: what was signed or hashed under them still counts, and nothing new is.
SECRET_KEY_FALLBACKS = env.list("SEPTAM_SECRET_KEY_FALLBACKS", default=[])
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
    "septam.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "septam.compression.CompressionMiddleware",
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
FORM_RENDERER = "septam.forms.base.PortalFormRenderer"
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
# A Redis that all web processes share; empty: none. What may stand in it: septam/shared_cache.py.
CACHE_URL = env.cache_address("CACHE_URL")
# Seconds for connecting, and for each answer.
CACHE_PATIENCE = 0.1
CACHES = cache_settings.caches(CACHE_URL, CACHE_PATIENCE)
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
# Files in S3-compatible storage instead: https://server/bucket, and who we are there (needs requirements-s3.txt).
BUCKET_URL = env.str("SEPTAM_BUCKET_URL", default="")
BUCKET_KEY = env.str("SEPTAM_BUCKET_KEY", default="")
BUCKET_SECRET = env.str("SEPTAM_BUCKET_SECRET", default="")
BUCKET_REGION = env.str("SEPTAM_BUCKET_REGION", default="us-east-1")
STORAGES = {
    "default": bucket_settings.storage(BUCKET_URL, BUCKET_KEY, BUCKET_SECRET, BUCKET_REGION)
    if BUCKET_URL
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(MEDIA_ROOT)},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# No other site has anything to do with our files; a first visit is told so once a file for nothing.
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers.keep_pictures_of_the_guide
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

# What Prometheus must bring to read /metrics; empty: there is no such address. Where the web processes count.
METRICS_TOKEN = env.str("SEPTAM_METRICS_TOKEN", default="")
METRICS_FOLDER = env.path("SEPTAM_METRICS_FOLDER", default=str(BASE_DIR / ".run" / "metrics"))

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
        # It says in which file it found credentials, and logs whole requests at DEBUG.
        "botocore": {"level": "WARNING"},
    },
}
