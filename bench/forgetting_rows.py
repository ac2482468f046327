"""Fills an empty portal with the rows that jobs of forgetting walk over; prints how long it took, as JSON.

python -m bench.forgetting_rows ROWS DUE

Of tables whose rows stay, the first half was forgotten long ago, then come DUE rows that are to be forgotten now, and the rest is
young. Of tables whose rows go, the first ones are over. Triggers and foreign keys look away meanwhile.
"""

import json
import sys
import time

import django

django.setup()

from bench.office_rows import LOADING, execute, insert
from bench.office_shapes import Shape
from septam.models import Forgotten

ROWS, DUE = map(int, sys.argv[1:3])
HALF = ROWS // 2
# What lapses within hours: so many are over, and of what is never kept by the million so many live at a time.
LAPSED, LIVE = 120_000, 100_000
CLOSED = ROWS // 10
# Long ago, but for what is young; all that is kept a number of years is over.
_AT = f"CASE WHEN i <= {HALF + DUE} THEN now() - interval '12 years' ELSE now() - interval '1 hour' END + i * interval '1 ms'"
_ENDS = f"CASE WHEN i <= {LAPSED} THEN now() - interval '2 days' ELSE now() + interval '1 day' END + i * interval '1 ms'"
_OLD = f"CASE WHEN i <= {DUE} THEN now() - interval '4 years' ELSE now() - interval '1 hour' END + i * interval '1 ms'"


def _once(before: str, after: str) -> str:
    """`before` in the half that was forgotten already."""
    return f"CASE WHEN i <= {HALF} THEN {before} ELSE {after} END"


_SNAPSHOT = "jsonb_build_object('title', 'طلافروشی ' || i, 'postal_code', '1416932790')"
_PEOPLE = (
    "jsonb_build_object('representative_name', 'علی حسینی', 'representative_phone', '02188776655')"
)
KEPT = (
    Shape("notifications_smsmessage", 1, {
        "event": "'visit.proposed'", "mobile": _once("''", "'09' || (100000001 + i)"), "values": "'{}'", "text": _once("''", "'متن پیامک'"),
        "priority": "5", "attempts": "1", "created_at": _AT, "valid_until": _AT, "state": "'delivered'", "sent_at": _AT, "user_id": "1000000 + i",
    }),
    Shape("inspections_reportdraft", 0, {"request_id": "i", "expert_id": "1", "saved_at": "now()"}, fixed=LIVE // 10),
    Shape("inspections_visitrequest", 1, {
        "id": "i", "number": "(100000000000 + i::bigint * 7)::text", "kind": "'first'", "status": "CASE WHEN i <= 10000 AND i % 20 = 0 THEN 'cancelled' ELSE 'certified' END", "place_id": "i",
        "snapshot": _once(_SNAPSHOT, f"{_SNAPSHOT} || {_PEOPLE}"), "created_at": _AT, "paid_at": _AT, "status_changed_at": _AT,
        "owner_id": "1000000 + i",
    }),
    Shape("inspections_correction", 0.1, {"request_id": "i * 10", "actor_id": "1", "before": _PEOPLE, "after": _PEOPLE}),
    Shape("accounts_user", 1, {
        "id": "1000000 + i", "username": _once("'closed' || i", "'benchOwner' || i"), "mobile": _once("NULL", "'09' || (100000000 + i)"),
        "is_active": f"i > {HALF} AND i NOT BETWEEN {HALF + DUE} AND {HALF + DUE + CLOSED}", "date_joined": _AT, "session_epoch": "1",
    }),
    Shape("accounts_profile", 0.4, {
        "user_id": f"1000000 + {HALF + DUE} + i", "kind": "'person'", "name": "'علی حسینی'", "national_id": "lpad(i::text, 10, '0')",
    }),
    Shape("septam_sites_place", 0.4, {
        "owner_id": f"1000000 + {HALF + DUE} + i", "state": "'ready'", "title": "'طلافروشی ' || i", "connection": "'internet'",
        "registrant_role": "'owner'", "created_at": "now()", "updated_at": "now()",
    }),
    Shape("accounts_mobilechange", 1, {
        "user_id": "1000000 + i", "way": "'codes'", "state": "'done'", "old_mobile": "'09121234567'", "created_at": _AT,
    }),
    Shape("portal_supportthread", 1, {
        "id": "i", "number": "'S' || i", "subject": "'other'", "owner_id": "1000000 + i", "state": "'closed'", "opened_at": _AT,
        "last_owner_at": _AT, "changed_at": _AT, "forgotten_at": _once("now()", "NULL"),
    }),
    Shape("portal_supportmessage", 1, {
        "thread_id": "i", "author": "'owner'", "text": _once("''", "'متن پیام'"), "created_at": _AT,
    }),
    Shape("billing_invoice", 1, {
        "id": "i", "year": "1390", "serial": "i", "number": "'1390' || lpad(i::text, 7, '0')", "kind": "'original'", "issued_at": _AT,
        "order_id": "i", "buyer": _once("jsonb_build_object('redacted', true)", "jsonb_build_object('name', 'محمد حسینی')"),
        "payments": "'[]'", "base_rial": "6360000", "vat_rial": "636000", "payable_rial": "6996000",
    }),
    Shape("accounts_accountclosing", 0.1, {
        "user_id": f"1000000 + {HALF + DUE} + i", "closed_at": "now()", "state": f"CASE WHEN i <= {CLOSED // 2} THEN 'done' ELSE 'waiting' END",
        "due_at": f"CASE WHEN i <= {CLOSED // 2 + 400} THEN now() - interval '1 day' ELSE now() + interval '30 days' END",
    }),
    Shape("django_admin_log", 1, {
        "action_time": "now()", "object_id": "i::text", "object_repr": "'علی'", "action_flag": "2", "user_id": "1",
        "content_type_id": "(SELECT id FROM django_content_type WHERE model = 'user')",
    }),
)  # fmt: skip
GOING = (
    Shape("notifications_notice", 1, {"user_id": "1000000 + i", "event": "'x'", "title": "'عنوان'", "created_at": _OLD}),
    Shape("inspections_visitphoto", 1, {
        "request_id": "i", "criterion_id": "1", "token": "'t' || i", "file": "'photos/bench/' || i || '.jpg'", "source_sha256": "'x'",
        "taken_by_id": "1", "created_at": _OLD,
    }),
    Shape("django_session", 1, {"session_key": "'s' || i", "session_data": "'x'", "expire_date": _ENDS}),
    Shape("septam_throttle", 1, {"key": "'sign_in:' || i", "count": "1", "window_ends": _ENDS}),
    Shape("accounts_logincodedevice", 0, {"user_id": "1000000 + i", "confirmed": "true", "expires_at": _ENDS}, fixed=LAPSED + LIVE),
    Shape("accounts_pendingpassword", 0, {"user_id": "1000000 + i", "password": "'x'", "expires_at": _ENDS}, fixed=LAPSED + LIVE),
    Shape("portal_supportcode", 0, {"thread_id": "i", "expires_at": _ENDS}, fixed=LAPSED + LIVE),
    Shape("captcha_captchastore", 0, {"hashkey": "'h' || i", "expiration": _ENDS}, fixed=LAPSED + LIVE),
    Shape("accounts_captchapass", 0, {"token": "'t' || i", "form": "'x'", "expires_at": _ENDS}, fixed=LAPSED + LIVE),
)  # fmt: skip
# Jobs that walk along a key stand behind what they forgot.
MARKS = {
    "sms.empty": HALF, "accounts.forget_mobiles": HALF, "billing.redact_invoices": HALF, "accounts.forget_unused": 1_000_000 + HALF,
}  # fmt: skip


def fill() -> float:
    """Everything; the seconds that it took."""
    begun = time.monotonic()
    execute(LOADING)
    for shape in (*KEPT, *GOING):
        insert(shape, ROWS)
    Forgotten.objects.bulk_create(Forgotten(name=name, upto=upto) for name, upto in MARKS.items())
    execute("VACUUM ANALYZE")
    return time.monotonic() - begun


if __name__ == "__main__":
    print(json.dumps(round(fill())))
