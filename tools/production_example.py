"""What a production machine sets: `.env.example`, and the same filled in with made-up values.

python tools/production_example.py COMMAND …      runs the command with the filled-in example
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
EXAMPLE = CLONE / ".env.example"
# For each line that the example leaves empty and production demands. Nobody has these.
FILLED = {
    "SEPTAM_SECRET_KEY": "u3Vb9-Kq7Zx2Lw8_Rt5Yp1Nd6Hc4Gs0Jf-Em_Ba8Ti3Ok9Xv7Cz2",
    "SEPTAM_HOSTS": "portal.example",
    "SEPTAM_BASE_URL": "https://portal.example",
    "DATABASE_URL": "postgres://septam:b7Rk-2Wq_9Zt4Lx8@db.portal.example:5432/septam",
    "SEPTAM_BEHPARDAKHT_TERMINAL": "7654321",
    "SEPTAM_BEHPARDAKHT_USER": "portal-example",
    "SEPTAM_BEHPARDAKHT_PASSWORD": "q8Xw3Zt6Lp",
    "SEPTAM_SMS_KEY": "4A6F2B7C9D1E3F5A6B8C",
    "SEPTAM_SMS_SENDER": "10008663",
    "SEPTAM_TRANSFER_IBAN": "IR062960000000100324200001",
    "SEPTAM_TRANSFER_BANK": "بانک نمونه",
    "SEPTAM_TRANSFER_HOLDER": "شرکت نمونه",
    "SEPTAM_SELLER_NAME": "شرکت نمونه",
    "SEPTAM_SELLER_NATIONAL_ID": "10380284790",
    "SEPTAM_SELLER_ECONOMIC_NUMBER": "10380284790",
    "SEPTAM_SELLER_REGISTRATION_NUMBER": "1234",
    "SEPTAM_SELLER_ADDRESS": "تهران",
    "SEPTAM_SELLER_POSTAL_CODE": "1416932790",
    "SEPTAM_SELLER_PHONE": "02188776655",
    "SEPTAM_SUPPORT_PHONE": "02188776656",
    "SEPTAM_CERTIFICATE_SIGNER": "مدیر فنی آزمایشگاه",
}


def example() -> dict[str, str]:
    """The names and values of `.env.example`, as systemd's EnvironmentFile reads them."""
    lines = (line.strip() for line in EXAMPLE.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _equals, value in pairs}


def filled() -> dict[str, str]:
    """The example with its empty lines filled in. Raises ValueError where a value belongs to no empty line."""
    found = example()
    foreign = [name for name in FILLED if found.get(name) != ""]
    if foreign:
        raise ValueError(f"no empty line of {EXAMPLE.name}: {', '.join(foreign)}")
    return found | FILLED


if __name__ == "__main__":
    os.environ.update(filled())
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
