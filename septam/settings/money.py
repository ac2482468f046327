"""Banks, transfers, and who sells."""

from django.core.exceptions import ImproperlyConfigured

from septam import bank_settings
from septam.settings.environment import PRODUCTION, env

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
# For how many days after that money may still stand on the statement: Paya waits for working days, and at Nowruz
# the banks are closed for four.
TRANSFER_ARRIVAL_DAYS = 5

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
