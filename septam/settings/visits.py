"""Visits and what follows from them: hours and spans, complaints, certificates."""

from django.core.exceptions import ImproperlyConfigured

from septam import visit_settings
from septam.settings.environment import env

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
# So many days after it was told a difference is to be paid; after them the request ends without a certificate.
DIFFERENCE_DAYS = env.int("SEPTAM_DIFFERENCE_DAYS", default=30)
# A measured area that differs by no more than this from the declared one changes no price.
DIFFERENCE_TOLERANCE_PERCENT = env.int("SEPTAM_DIFFERENCE_TOLERANCE_PERCENT", default=5)
if not 0 <= DIFFERENCE_TOLERANCE_PERCENT <= 100:
    raise ImproperlyConfigured("SEPTAM_DIFFERENCE_TOLERANCE_PERCENT must be from 0 to 100")
RENEWAL_DAYS = 60
VALIDITY_MONTHS = {1: 12, 2: 12, 3: 6, 4: 6}
CERTIFICATE_SIGNER = env.str("SEPTAM_CERTIFICATE_SIGNER", default="مدیر فنی آزمایشگاه")
