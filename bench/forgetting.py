"""What it costs to forget: each job that empties or deletes old rows, on tables of a million.

A run takes a bounded number of rows, along an index, in transactions that end soon; with nothing to forget it reads next to nothing.
"""

from typing import Any

from bench.office import EMPTY, LOADING, environment_of, make_empty
from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

NAME = "bench_forgetting"
ROWS, DUE = 1_000_000, 25_000
# Seconds that a lock may last; rows of tables and indexes that Postgres may read for each row forgotten, and in an idle run.
LONGEST, READ, IDLE = 1.0, 40, 2_500
# Of these a few hours' or days' rows live at a time, and they have no index of what is over: they are read as they lie.
AS_THEY_LIE = {"accounts_pendingpassword", "captcha_captchastore", "inspections_reportdraft"}
LIVE_AT_A_TIME = 100_000
# What a day brings at 3,000,000 places (docs/scale.md: 8,200 requests), of the rows that a job passes. A day's runs carry twice as many.
A_DAY = {
    "sms.empty": 50_000, "notices.forget": 50_000, "inspections.forget_contacts": 8_200, "inspections.forget_photos": 41_000,
    "billing.redact_invoices": 8_200, "accounts.purge_limits": 500_000, "accounts.purge_sessions": 100_000,
    "accounts.purge_codes": 50_000, "accounts.purge_passwords": 50_000, "accounts.purge_captchas": 200_000,
    "accounts.forget_unused": 5_000, "accounts.forget_mobiles": 500, "accounts.anonymise_closed": 500,
    "portal.forget_support": 2_000, "portal.purge_support_codes": 2_000, "inspections.forget_drafts": 500,
}  # fmt: skip


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """A row for each job, and by which way it finds its rows."""
    environment, words = environment_of(stack, NAME), (str(ROWS), str(DUE))
    try:
        took = _filled(stack, environment, *words)
        found = stack.run("bench.forgetting_run", *words, environment=environment)
    finally:
        _reset(stack, *LOADING)
        stack.cluster.sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    rows = [Row(f"forgetting, {ROWS:,} rows of each large table made in", "–", f"{took} s", None)]
    rows += [one for name, job in sorted(found.items()) for one in _rows(name, job)]
    return rows, [
        "How each job finds its rows:",
        "",
        "```",
        *map(_ways, sorted(found.items())),
        "```",
    ]


def _filled(stack: Stack, environment: dict[str, str], *words: str) -> int:
    """The seconds that it took. Postgres is careless meanwhile, and careful again when the jobs run."""
    for name, value in LOADING.items():
        stack.cluster.sql(f"ALTER SYSTEM SET {name} = {value}")
    stack.cluster.sql("SELECT pg_reload_conf()")
    try:
        make_empty(stack)
        stack.cluster.sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        stack.cluster.sql(f"CREATE DATABASE {NAME} TEMPLATE {EMPTY}")
        return int(stack.run("bench.forgetting_rows", *words, environment=environment))
    finally:
        # Autovacuum stays away, for what it reads would be counted as the jobs'.
        _reset(stack, *(name for name in LOADING if name != "autovacuum"))
        stack.cluster.sql("CHECKPOINT")


def _reset(stack: Stack, *names: str) -> None:
    for name in names:
        stack.cluster.sql(f"ALTER SYSTEM RESET {name}")
    stack.cluster.sql("SELECT pg_reload_conf()")


def _rows(name: str, job: dict[str, Any]) -> list[Row]:
    busy, idle = job["busy"], job["idle"]
    count, a_day = busy["count"], busy["count"] * 86_400 / job["every"]
    each = busy["read"] / max(1, count)
    scanned = {**busy["scans"], **idle["scans"]}
    scans = ", ".join(sorted(scanned)) or "none"
    told = (
        f"{count:,} in {busy['seconds']:.1f} s ({count / busy['seconds']:,.0f} a second), the longest transaction"
        f" {busy['longest']:.2f} s, {each:.1f} rows read for each; whole tables read: {scans}"
    )
    wanted = 2 * A_DAY[name]
    lies = bool(AS_THEY_LIE & set(scanned))
    most = IDLE + lies * LIVE_AT_A_TIME
    holds = busy["longest"] <= LONGEST and each <= READ and set(scanned) <= AS_THEY_LIE
    goal = f"a transaction ≤ {LONGEST:.0f} s, ≤ {READ} rows read for each, no large table whole"
    return [
        Row(f"forgetting, much to do: {name}", goal, told, holds),
        Row(f"forgetting, a day's runs: {name}", f"≥ {wanted:,}, twice what a day brings", f"{a_day:,.0f}", a_day >= wanted),
        Row(f"forgetting, nothing to do: {name}", f"≤ {most:,} rows read", f"{idle['read']:,} rows, {idle['seconds'] * 1000:.0f} ms",
            idle["read"] <= most),
    ]  # fmt: skip


def _ways(found: tuple[str, dict[str, Any]]) -> str:
    name, job = found
    return f"{name}: {'; '.join(job['busy']['plans'])}"
