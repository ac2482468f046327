"""What a row of each large table is, as expressions of its number `i`; `{n}` is how many rows there are, `{places}` how many places.

`pick(list, number)` takes one of a reference table's ids; it is made by `references`. A word of PLAIN stands in many names,
RARE in a hundred of them however many there are.
"""

from dataclasses import dataclass

PLAIN, RARE = "فروشگاه", "کیمیاگر"
_TRADES = (
    PLAIN, "طلافروشی", "داروخانه", "رستوران", "کافه", "نانوایی", "قصابی", "عینک‌سازی", "صرافی", "آموزشگاه", "کتابفروشی",
    "لوازم خانگی", "نمایشگاه خودرو", "پارچه‌فروشی", "ساعت‌سازی", "گل‌فروشی", "آرایشگاه", "باشگاه", "چاپخانه", "مصالح ساختمانی",
)  # fmt: skip
_NAMES = (
    "حسینی", "محمدی", "احمدی", "رضایی", "کریمی", "موسوی", "جعفری", "صادقی", "رحیمی", "ابراهیمی", "حیدری", "قاسمی",
    "نوروزی", "اکبری", "عباسی", "شریفی", "یوسفی", "طاهری", "فرهادی", "نجفی", "سلیمانی", "باقری", "امیری", "کاظمی",
    "میرزایی", "ملکی", "زارعی", "خسروی", "بهرامی", "رستمی", "پارسا", "نیک‌نام", "دلاور", "شهریاری", "تهرانی", "گیلانی",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A table: `share` rows a place, the columns that matter; all others get a neutral value."""

    table: str
    share: float
    columns: dict[str, str]
    more: str = ""
    # So many, however many places there are.
    fixed: int | None = None

    def count(self, places: int) -> int:
        """How many rows."""
        return self.fixed or max(1, int(places * self.share))


def _array(words: tuple[str, ...]) -> str:
    return "ARRAY[" + ", ".join(f"'{word}'" for word in words) + "]"


def references() -> str:
    """Functions for the shapes, in the session's own schema: they go when the session ends."""
    ids = {
        "city": "septam_sites_city", "category": "septam_sites_category", "laboratory": "septam_sites_laboratory",
    }  # fmt: skip
    made = [
        "CREATE TEMP TABLE known AS "
        + " UNION ALL ".join(
            f"SELECT '{name}' AS name, row_number() OVER (ORDER BY id) - 1 AS place, id FROM {table}"
            for name, table in ids.items()
        ),
        # An expert's laboratory is his place in the list modulo their number, as a request's is.
        "INSERT INTO known SELECT 'expert', row_number() OVER (ORDER BY id) - 1, user_id FROM accounts_staffassignment"
        " WHERE role = 'expert'",
        "CREATE FUNCTION pg_temp.words(text[], bigint) RETURNS text IMMUTABLE LANGUAGE sql AS"
        " 'SELECT $1[1 + $2 % array_length($1, 1)]'",
    ]
    for name in (*ids, "expert"):
        made.append(
            f"DO $do$ BEGIN EXECUTE format('CREATE FUNCTION pg_temp.{name}(bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS"
            " $f$ SELECT (%L::bigint[])[1 + ($1 %% %s)::int] $f$', "
            f"(SELECT array_agg(id ORDER BY place) FROM known WHERE name = '{name}'),"
            f" (SELECT count(*) FROM known WHERE name = '{name}')); END $do$"
        )
    return ";\n".join(made)


# Titles by the number of the place; the rare word in a hundred of them.
_TITLE = (
    f"CASE WHEN p.k % greatest(1, {{places}} / 100) = 7 THEN '{RARE} ' ELSE '' END"
    f" || pg_temp.words({_array(_TRADES)}, p.k * 7 / 3) || ' ' || pg_temp.words({_array(_NAMES)}, p.k * 11 / 5)"
    " || ' ' || (p.k % 9973)"
)
# As septam.text.search_key: without spaces and half-spaces.
_KEY = f"replace(replace({_TITLE}, ' ', ''), chr(8204), '')"
_NAME = f"pg_temp.words({_array(_NAMES)}, i * 3 / 2) || ' ' || pg_temp.words({_array(_NAMES)}, i * 17 / 7)"
_AT = "(now() - interval '730 days' * (1 - i::float / {n}) - interval '1 hour')"
# The last ones are open; where these are few, so many before them that each list of the office fills a page.
_STATUS = (
    "CASE WHEN i > {n} * 0.98 OR ({n} < 100000 AND i > {n} * 0.75 AND i % 3 < 2) THEN (ARRAY['scheduling', 'proposed', 'accepted', 'visited'])[1 + i % 4]"
    " WHEN i % 100 < 62 THEN 'certified' WHEN i % 100 < 84 THEN 'nonconforming' WHEN i % 100 < 91 THEN 'no_show'"
    " ELSE 'cancelled' END"
)
_OWNER = "(SELECT 1000000 + 1 + (i - 1) / 2)"
_CITY = "(SELECT pg_temp.city((i * 13 / 3)::bigint))"
_LABORATORY = "pg_temp.laboratory(i::bigint)"
_PLACE = "CROSS JOIN LATERAL (SELECT i::bigint AS k) p"

TABLES: tuple[Shape, ...] = (
    Shape("accounts_user", 0.5, {
        "id": "1000000 + i", "username": "'benchOwner' || i", "mobile": "'09' || (100000000 + i)", "first_name": "'محمد'",
        "last_name": f"pg_temp.words({_array(_NAMES)}, i::bigint)", "is_active": "true", "date_joined": _AT,
        "search_key": f"'محمد' || replace(pg_temp.words({_array(_NAMES)}, i::bigint), chr(8204), '')", "session_epoch": "1",
    }),
    Shape("accounts_profile", 0.5, {
        "kind": "'person'", "name": _NAME, "national_id": "lpad((i * 7)::text, 10, '0')", "user_id": "1000000 + i",
        "search_key": f"replace(replace({_NAME}, ' ', ''), chr(8204), '')",
    }),
    Shape("septam_sites_place", 1, {
        "id": "i", "state": "CASE WHEN i % 20 = 0 THEN 'archived' WHEN i % 20 < 4 THEN 'draft' ELSE 'ready' END",
        "title": _TITLE, "postal_code": "(1000000000 + i::bigint * 2971)::text", "area": "40", "address": "'خیابان ولیعصر، پلاک ' || i",
        "representative_name": "'علی حسینی'", "representative_phone": "'02188776655'", "connection": "'internet'",
        "registrant_role": "'owner'", "search_key": _KEY, "created_at": _AT, "updated_at": _AT, "frozen": "i % 50 = 0",
        "category_id": "pg_temp.category((i * 5 / 2)::bigint)", "city_id": _CITY, "laboratory_id": _LABORATORY, "owner_id": _OWNER,
    }, _PLACE),
    Shape("inspections_visitrequest", 2 / 3, {
        "id": "i", "number": "(100000000000 + i::bigint * 7)::text", "kind": "'first'", "status": _STATUS, "place_id": "i",
        "criteria_accepted_at": _AT, "snapshot": f"jsonb_build_object('title', {_TITLE}, 'category_id', pg_temp.category((i * 5 / 2)::bigint),"
        " 'category', 'طلا و جواهر', 'postal_code', (1000000000 + i::bigint * 2971)::text, 'address', 'خیابان ولیعصر، پلاک ' || i, 'level', 2)",
        "search_key": _KEY, "created_at": _AT, "paid_at": _AT, "status_changed_at": f"{_AT} + interval '8 days'",
        "first_proposed_at": f"CASE WHEN i <= {{n}} * 0.98 THEN {_AT} + interval '2 days' END",
        "assigned_expert_id": "pg_temp.expert(i::bigint)", "city_id": "c.id", "province_id": "c.province_id",
        "criteria_set_id": "(SELECT min(id) FROM inspections_criteriaset)", "laboratory_id": _LABORATORY, "owner_id": _OWNER,
    }, f"{_PLACE} JOIN septam_sites_city c ON c.id = pg_temp.city((i * 13 / 3)::bigint)"),
    Shape("inspections_requestevent", 2 / 3, {
        "request_id": "i", "at": f"least(now(), {_AT} + interval '2 days' * e.step)", "verb": "e.verb", "from_status": "e.before",
        "to_status": "CASE WHEN e.step < 4 THEN e.after ELSE r.status END",
    }, "JOIN inspections_visitrequest r ON r.id = i CROSS JOIN (VALUES (0, 'pay', 'in_cart', 'scheduling'),"
       " (3, 'report', 'accepted', 'visited'), (4, 'certify', 'visited', 'certified')) AS e (step, verb, before, after)"
       " WHERE e.step = 0 OR r.status IN ('certified', 'nonconforming') OR (r.status = 'visited' AND e.step = 3)"),
    Shape("inspections_visitslot", 2 / 3, {
        "request_id": "i", "expert_id": "r.assigned_expert_id", "created_at": _AT,
        "state": "CASE WHEN r.status IN ('proposed', 'accepted') THEN r.status ELSE 'done' END",
        "starts_at": "s.at", "period": "tstzrange(s.at, s.at + interval '2 hours')",
    }, "JOIN inspections_visitrequest r ON r.id = i AND r.status <> 'scheduling' CROSS JOIN LATERAL"
       f" (SELECT CASE WHEN r.status IN ('proposed', 'accepted') THEN date_trunc('hour', now()) + interval '2 hours' * floor((i - {{n}} * 0.98) / 50)"
       f" ELSE {_AT} + interval '6 days' END AS at) s"),
    Shape("inspections_visitreport", 2 / 3, {
        "request_id": "i", "expert_id": "r.assigned_expert_id", "level": "2",
        "state": "CASE WHEN r.status = 'visited' THEN 'submitted' ELSE 'endorsed' END",
        "outcome": "CASE WHEN r.status = 'nonconforming' THEN 'nonconforming' ELSE 'conforming' END",
        "submitted_at": f"{_AT} + interval '6 days'", "endorsed_at": f"{_AT} + interval '8 days'",
    }, "JOIN inspections_visitrequest r ON r.id = i AND r.status IN ('certified', 'nonconforming', 'visited')"),
    Shape("inspections_certificate", 2 / 3, {
        "number": "(10000000000 + i::bigint * 3)::text", "share_code": "upper(md5(i::text))::varchar(24)", "request_id": "i", "place_id": "i",
        "owner_id": _OWNER, "laboratory_id": _LABORATORY, "state": "CASE WHEN i % 50 = 0 THEN 'revoked' ELSE 'issued' END", "level": "2",
        "validity": "daterange(v.day, v.day + 365)", "snapshot": "r.snapshot", "signatory": "'مهندس رضایی'", "issued_at": "v.day",
        "issued_by_id": "r.assigned_expert_id", "pdf": "'x.pdf'", "public_pdf": "'x.pdf'",
    }, "JOIN inspections_visitrequest r ON r.id = i AND r.status = 'certified'"
       f" CROSS JOIN LATERAL (SELECT ({_AT} + interval '8 days')::date AS day) v"),
    Shape("billing_order", 2 / 3, {
        "id": "i", "number": "(20000000000000 + i::bigint * 7)::text", "owner_id": _OWNER, "created_at": _AT,
        "state": "CASE WHEN i > {n} * 0.995 THEN 'open' WHEN i % 10 = 9 THEN 'cancelled' ELSE 'paid' END", "base_rial": "6360000",
        "vat_rial": "636000", "payable_rial": "6996000", "paid_at": f"CASE WHEN i % 10 = 9 OR i > {{n}} * 0.995 THEN NULL ELSE {_AT} END",
    }),
    Shape("billing_orderline", 2 / 3, {
        "order_id": "i", "request_id": "i", "kind": "'visit'", "title": "'هزینه بازدید'", "amount_rial": "6360000", "vat_rial": "636000",
        "vat_basis_points": "1000", "open": "i > {n} * 0.995",
    }),
    Shape("billing_paymentattempt", 2 / 3, {
        "id": "i", "order_id": "i", "gateway": "CASE WHEN i % 1000 = 3 THEN 'zarinpal' ELSE 'behpardakht' END", "order_number": "1000000000000000 + i", "amount_rial": "6996000",
        "state": "CASE WHEN i > {n} * 0.995 THEN 'sent' WHEN i % 10 = 9 THEN 'failed' ELSE 'settled' END", "token": "'t' || i",
        "reference": "CASE WHEN i % 10 = 9 THEN '' ELSE (300000000 + i)::text END", "created_at": _AT, "sent_at": _AT,
        "settled_at": f"CASE WHEN i % 10 = 9 OR i > {{n}} * 0.995 THEN NULL ELSE {_AT} END",
    }),
    Shape("billing_paymentevent", 2 / 3, {
        "attempt_id": "i", "at": _AT, "kind": "'settled'", "from_state": "'verified'", "to_state": "'settled'", "code": "'0'",
    }),
    Shape("billing_invoice", 0.6, {
        "id": "i", "year": "1400 + 5 * i / ({n} + 1)", "serial": "i", "number": "(1400 + 5 * i / ({n} + 1)) || lpad(i::text, 7, '0')",
        "kind": "'original'", "issued_at": "now() - interval '730 days' * (1 - i::float / {n})", "order_id": "i",
        "seller": "jsonb_build_object('name', 'سپتام', 'national_id', '', 'economic_number', '', 'registration_number', '',"
        " 'address', '', 'postal_code', '', 'phone', '')", "buyer": "jsonb_build_object('redacted', true)", "payments": "'[]'", "base_rial": "6360000", "vat_rial": "636000", "payable_rial": "6996000",
    }),
    # A report a day until yesterday, with a row for each payment of the day; the bank's word of one in a thousand differs.
    Shape("billing_bankfile", 0, {
        "id": "i", "gateway": "'behpardakht'", "name": "'report-' || i || '.csv'", "sha256": "md5(i::text)", "uploaded_by_id": "1",
        "first_day": "(now() - interval '730 days' + interval '1 day' * (i - 1))::date", "last_day": "(now() - interval '730 days' + interval '1 day' * (i - 1))::date",
        "rows_count": "{places} / 1100", "uploaded_at": "now() - interval '730 days' + interval '1 day' * (i + 1)",
        "compared_at": "now() - interval '730 days' + interval '1 day' * (i + 1)",
    }, fixed=729),
    Shape("billing_bankfilerow", 2 / 3, {
        "file_id": "least(729, 1 + i::bigint * 730 / {n})", "line": "i", "kind": "CASE WHEN i % 1000 = 5 THEN 'amount_differs' ELSE 'agrees' END",
        "outcome": "'paid'", "order_number": "1000000000000000 + i", "reference": "(300000000 + i)::text", "amount_rial": "6996000",
        "day": f"({_AT})::date", "attempt_id": "i", "settled_at": f"CASE WHEN i % 1000 = 5 AND i < least({{n}} * 0.98, {{n}} - 5000) THEN {_AT} END",
    }),
    Shape("billing_refundcase", 1 / 100, {
        "order_id": "i * 10", "request_id": "i * 10", "reason": "'withdrawn'", "created_at": _AT, "paid_rial": "6996000",
        "state": "CASE WHEN i > least({n} * 0.99, {n} - 60) THEN 'asked' ELSE 'done' END", "amount_rial": "6996000", "done_at": _AT,
        "approved_at": _AT, "method": "'transfer'", "reference": "i::text", "approved_by_id": "1", "done_by_id": "1",
    }),
    Shape("billing_banktransfer", 1 / 100, {
        "state": "'matched'", "account": "'IR120'", "reference": "(700000000 + i)::text", "amount_rial": "6996000", "paid_on": f"({_AT})::date",
        "recorded_at": _AT, "order_id": "i * 10", "matched_at": _AT, "matched_by_id": "1", "recorded_by_id": "1",
    }),
    Shape("notifications_smsmessage", 1, {
        "event": "(ARRAY['payment.receipt', 'visit.proposed', 'visit.tomorrow'])[1 + i % 3]", "mobile": "'09' || (100000001 + i / 2)",
        "values": "'{}'", "text": "'متن پیامک'", "priority": "5", "attempts": "1", "created_at": _AT, "valid_until": f"{_AT} + interval '1 day'",
        "state": "CASE WHEN i > {n} * 0.9999 THEN 'queued' WHEN i % 200 = 0 THEN 'undelivered' WHEN i % 5000 = 1 THEN 'dead' ELSE 'delivered' END",
        "sent_at": _AT, "provider": "'kavenegar'", "provider_id": "i::text", "user_id": "1000000 + 1 + i / 4",
        "next_try_at": "CASE WHEN i > {n} * 0.9999 THEN now() END",
    }),
    Shape("notifications_notice", 1, {
        "user_id": "1000000 + 1 + i / 2", "event": "(ARRAY['payment.receipt', 'visit.proposed', 'certificate.issued'])[1 + i % 3]",
        "title": "'گواهی صادر شد'", "body": "'گواهی مکان شما صادر شد و در «تاریخچه» است.'", "link": "'/history/'", "created_at": _AT,
        "read_at": f"CASE WHEN i % 4 > 0 THEN {_AT} + interval '1 day' END",
    }),
    Shape("septam_auditevent", 1, {
        "at": _AT, "actor_id": "1 + i % 60", "verb": "(ARRAY['office.view', 'office.list', 'office.change', 'request.assign'])[1 + i % 4]",
        "object_type": "(ARRAY['inspections.visitrequest', 'septam_sites.place', 'accounts.user'])[1 + i % 3]", "object_id": "(1 + i / 2)::text",
        "owner_ids": "ARRAY[1000000 + 1 + i / 3]", "client": "'10.0.0.1'",
    }),
    Shape("portal_supportthread", 1 / 30, {
        "number": "(100000000 + i)::text", "subject": "(ARRAY['payment', 'result', 'other'])[1 + i % 3]", "mobile": "'09' || (100000000 + i)",
        "state": "CASE WHEN i > least({n} * 0.995, {n} - 60) THEN 'waiting' WHEN i % 3 = 0 THEN 'answered' ELSE 'closed' END", "opened_at": _AT,
        "last_owner_at": _AT, "changed_at": _AT, "waiting_since": f"CASE WHEN i > least({{n}} * 0.995, {{n}} - 60) THEN {_AT} END", "owner_id": "1000000 + i",
    }),
)  # fmt: skip
