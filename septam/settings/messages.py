"""SMS, and conversations with support."""

from septam import sms_settings
from septam.settings.environment import PRODUCTION, env

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

SUPPORT_PHONE = env.str("SEPTAM_SUPPORT_PHONE", default="02100000000")
# After so many hours without an answer a message stands on the office's first page.
SUPPORT_TARGET_HOURS = env.int("SEPTAM_SUPPORT_TARGET_HOURS", default=24)
# The texts of a conversation that ended are emptied after so many days.
SUPPORT_KEEP_DAYS = env.int("SEPTAM_SUPPORT_KEEP_DAYS", default=730)
