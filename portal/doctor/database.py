"""The database: whether it answers, and whether it is made as the portal needs it."""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from portal.doctor.findings import Finding, good, judged, note, wrong
from septam import clock

ABOUT = "database"
OLDEST_MAJOR = 15
EXTENSIONS = ("btree_gist", "pg_trgm")
# Leases and one-time codes count on one time; this much is bearable (seconds).
MOST_SKEW = 2.0
# Connections that administrators, backups and a second worker still need.
SPARE_CONNECTIONS = 10


def answers() -> Iterator[Finding]:
    """Whether it can be asked at all; nothing else of the database is looked at where it cannot."""
    host = settings.DATABASES["default"].get("HOST") or "the local socket"
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        yield wrong(ABOUT, f"does not answer at {host} ({_reason(problem)}); see DATABASE_URL")
    else:
        yield good(ABOUT, f"answers at {host}")


def _reason(problem: DatabaseError) -> str:
    """The kind of refusal in our words: libpq's own names users, and a mistyped address may hold a password."""
    said = str(problem)
    known = {
        "password authentication failed": "it refuses the password",
        "no password supplied": "it asks for a password",
        "does not exist": "there is no such database or role",
        "could not translate host name": "its host has no address",
        "Connection refused": "nothing listens there",
        "timeout": "it was silent",
        "No such file or directory": "there is no such socket",
        "too many": "it has no connection left",
        "no pg_hba.conf entry": "it does not admit this machine",
    }
    return next((words for mark, words in known.items() if mark in said), type(problem).__name__)


def looks() -> Iterator[Finding]:
    """Version, encoding, extensions, time, connections, a pooler, migrations, who may take guards away."""
    yield from _server()
    yield from _extensions()
    yield from _pooler()
    yield from _guards()
    yield _skew()
    yield from _connections()
    yield _migrations()
    yield from _half_indexes()


def _one(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _server() -> Iterator[Finding]:
    major = int(_one("SHOW server_version_num")) // 10_000
    shown = f"Postgres {_one('SHOW server_version')}"
    yield judged(
        major >= OLDEST_MAJOR,
        ABOUT,
        shown,
        f"{shown} is too old: {OLDEST_MAJOR} or newer is needed",
    )
    encoding = _one("SHOW server_encoding")
    yield judged(
        encoding == "UTF8", ABOUT, "its encoding is UTF8",
        f"its encoding is {encoding}: make it anew with ENCODING 'UTF8' TEMPLATE template0",
    )  # fmt: skip
    sees_letters = _one("SELECT 'سپتام' ~ '^[[:alpha:]]+$'") == "True"
    yield judged(
        sees_letters, ABOUT, "its locale knows Persian letters",
        "its locale sees no Persian letters, so searches find nothing: make it anew with a UTF-8 locale, such as C.UTF-8",
    )  # fmt: skip
    zone = _one("SHOW timezone")
    yield judged(zone == "UTC", ABOUT, "sessions run in UTC", f"sessions run in {zone}, not in UTC")
    if _one("SHOW synchronous_commit") == "off":
        level = wrong if settings.PRODUCTION else note
        yield level(
            ABOUT,
            "synchronous_commit is off: a crash would forget payments that the bank has taken",
        )
    if _one("SHOW fsync") == "off":
        level = wrong if settings.PRODUCTION else note
        yield level(ABOUT, "fsync is off: a crash of the machine may destroy it")
    if _one("SELECT pg_is_in_recovery()") == "True":
        yield wrong(ABOUT, "is a replica and takes no writes; DATABASE_URL must name the primary")


def _extensions() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        there = {str(row[0]) for row in cursor.fetchall()}
    missing = [name for name in EXTENSIONS if name not in there]
    yield judged(
        not missing, ABOUT, f"has the extensions {', '.join(EXTENSIONS)}",
        f"lacks {', '.join(missing)}: install Postgres's contrib package, then run migrate",
    )  # fmt: skip


def _pooler() -> Iterator[Finding]:
    """What a pooler keeps of a session decides whether statements may be prepared."""
    if _is_direct():
        return
    if _keeps_sessions():
        yield good(ABOUT, "the pooler before it keeps sessions")
        return
    off = "SEPTAM_PREPARED_STATEMENTS must be off for the web"
    level = wrong if settings.PREPARED_ON_SERVER else note
    yield level(
        ABOUT,
        f"the pooler before it hands connections out by transaction: {off}, and the worker must go round it",
    )


def _is_direct() -> bool:
    """A pooler tells the client another process number than the server does."""
    connection.ensure_connection()
    said = connection.connection.info.backend_pid
    return bool(said == int(_one("SELECT pg_backend_pid()")))


def _keeps_sessions() -> bool:
    """Whether what this connection was told is still known while another one holds the server's last connection."""
    _one("SELECT set_config('septam.doctor', 'mine', false)")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1")
            return _one("SELECT current_setting('septam.doctor', true)") == "mine"
    finally:
        other.close()


def _guards() -> Iterator[Finding]:
    """Whoever owns a table may drop its triggers."""
    owned = _one(
        "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('septam_auditevent')"
    )
    if owned == "True":
        yield note(
            ABOUT,
            "the portal's role owns its tables and could drop the audit log's guards: deploy/roles.sql gives it a role of its own",
        )


def _half_indexes() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        names = sorted(str(row[0]) for row in cursor.fetchall())
    if names:
        yield wrong(
            "migrations",
            f"of the index {', '.join(names)} one half is there, because its migration was interrupted: run migrate;"
            " if it stays, REINDEX INDEX CONCURRENTLY",
        )


def _skew() -> Finding:
    before = clock.machine_now()
    there = float(_one("SELECT extract(epoch FROM clock_timestamp())"))
    after = clock.machine_now()
    middle = (before.timestamp() + after.timestamp()) / 2
    skew = there - middle
    return judged(
        abs(skew) <= MOST_SKEW, "clock", f"this machine and the database agree to {abs(skew):.1f} s",
        f"this machine's clock stands {abs(skew):.0f} s {'behind' if skew > 0 else 'ahead of'} the database's: switch NTP on",
    )  # fmt: skip


def _connections() -> Iterator[Finding]:
    used = int(_one("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    most = int(_one("SHOW max_connections"))
    text = f"{used} of {most} connections are in use"
    yield judged(
        most - used > SPARE_CONNECTIONS,
        ABOUT,
        text,
        f"{text}: raise max_connections, or put PgBouncer before it",
    )


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return judged(
        not missing, "migrations", "all are applied",
        f"{len(missing)} are not applied, the first is {missing[0][0] if missing else ''}: run migrate",
    )  # fmt: skip
