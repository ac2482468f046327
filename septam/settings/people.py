"""Accounts: «کد امنیتی», passwords and codes, the office's sessions."""

from septam.settings.environment import BASE_DIR, env

CAPTCHA_LENGTH = 5
CAPTCHA_TIMEOUT = 10
CAPTCHA_CHALLENGE_FUNCT = "accounts.captcha.challenges.digits_challenge"
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
# How long personal data are kept; docs/privacy.md says why. So long a closed account can be taken back.
CLOSED_KEEP_DAYS = env.int("SEPTAM_CLOSED_KEEP_DAYS", default=30)
# A registration that nobody ever signed in to, and the numbers of a change of the mobile.
UNUSED_KEEP_DAYS = env.int("SEPTAM_UNUSED_KEEP_DAYS", default=90)
MOBILE_CHANGES_KEEP_DAYS = env.int("SEPTAM_MOBILE_CHANGES_KEEP_DAYS", default=365)
# Numbers and texts of the outbox, and entries of «اعلانات».
SMS_KEEP_DAYS = env.int("SEPTAM_SMS_KEEP_DAYS", default=180)
NOTICES_KEEP_DAYS = env.int("SEPTAM_NOTICES_KEEP_DAYS", default=730)
# Of a request after its end: who was on site, and how to reach them. Then photos of reports.
CONTACTS_KEEP_DAYS = env.int("SEPTAM_CONTACTS_KEEP_DAYS", default=365)
PHOTOS_KEEP_DAYS = env.int("SEPTAM_PHOTOS_KEEP_DAYS", default=1095)
