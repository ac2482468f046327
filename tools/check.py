"""`make check`: lint, format, types, migrations, messages and production's settings; all are run, then what failed is named."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.environment import EnvironmentFault, ensure
from tools.postgres import PostgresError, database
from tools.withdb import run_with

CLONE = Path(__file__).resolve().parent.parent
CHECKS = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "types": ["-m", "mypy"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "messages": ["tools/messages.py", "check"],
    "production": ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}


def production_sample() -> dict[str, str]:
    """What a production machine sets, with made-up values: the deployment check must have nothing to say about it."""
    return {
        "SEPTAM_MODE": "production",
        "SEPTAM_SECRET_KEY": secrets.token_urlsafe(60),
        "SEPTAM_HOSTS": "portal.example",
        "SEPTAM_BASE_URL": "https://portal.example",
        "SEPTAM_BANK_URL": "https://bank.example",
        "SEPTAM_BEHPARDAKHT_TERMINAL": "7654321",
        "SEPTAM_BEHPARDAKHT_USER": "portal-example",
        "SEPTAM_BEHPARDAKHT_PASSWORD": secrets.token_urlsafe(12),
        "SEPTAM_SMS_URL": "https://sms.example",
        "SEPTAM_SMS_KEY": secrets.token_urlsafe(24),
        "SEPTAM_PHONE_URL": "",
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
    }


def failed_checks(python: str, url: str) -> list[str]:
    failed = []
    for name, arguments in CHECKS.items():
        print(f"— {name}", flush=True)
        if name == "production":
            os.environ.update(production_sample())
        if run_with(url, [python, *arguments]):
            failed.append(name)
    return failed


def main() -> int:
    try:
        python = str(ensure(dev=True))
        with database("test") as url:
            failed = failed_checks(python, url)
    except (EnvironmentFault, PostgresError, OSError) as fault:
        print(f"make check: {fault}", file=sys.stderr)
        return 1
    print(f"Failed: {', '.join(failed)}" if failed else "All checks pass.")
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(CLONE)
    sys.exit(main())
