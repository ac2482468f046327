"""The banks' part of the settings: where each is, who we are there, and which are offered.

Everything comes from the environment. Outside production all of them lead to the simulated bank.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import environ

Options = dict[str, Any]
DEMO_TERMINAL = 1234567
DEMO_MERCHANT = "00000000-0000-4000-8000-5e97a3000001"
DEMO_SECRETS = frozenset({"demo-pass", DEMO_MERCHANT, "demo-parsian-pin", DEMO_TERMINAL})
# What a bank gave us, and the setting that holds it: production demands each of a gateway that is on.
CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "behpardakht": {
        "terminal": "SEPTAM_BEHPARDAKHT_TERMINAL",
        "user": "SEPTAM_BEHPARDAKHT_USER",
        "password": "SEPTAM_BEHPARDAKHT_PASSWORD",  # a variable's name  # nosec B105
    },
    "zarinpal": {"merchant": "SEPTAM_ZARINPAL_MERCHANT"},
    "parsian": {"pin": "SEPTAM_PARSIAN_PIN"},
}
# Seconds to connect and to wait for an answer.
TIMEOUTS = (5, 10)


def all_gateways(env: environ.Env, bank_url: str, production: bool) -> dict[str, Options]:
    """Every gateway that the program knows, each with the arguments of its class."""
    demo = "" if production else None
    return {
        "behpardakht": _behpardakht(env, bank_url, demo),
        "zarinpal": _zarinpal(
            env, "https://payment.zarinpal.com" if production else bank_url, demo
        ),
        "parsian": _parsian(env, "https://pec.shaparak.ir" if production else bank_url, demo),
    }


def offered(env: environ.Env, production: bool) -> list[str]:
    """The names in SEPTAM_GATEWAYS, the preferred one first, each once."""
    usual = ["behpardakht"] if production else ["behpardakht", "zarinpal", "parsian"]
    named = (name.strip() for name in env.list("SEPTAM_GATEWAYS", default=usual))
    return list(dict.fromkeys(name for name in named if name))


def page_origins(gateways: Iterable[Options]) -> list[str]:
    """Where the payer's browser is sent, for the content security policy."""
    parts = (urlsplit(options["page_url"]) for options in gateways)
    return sorted({f"{one.scheme}://{one.netloc}" for one in parts})


def _behpardakht(env: environ.Env, url: str, demo: str | None) -> Options:
    terminal = env.str("SEPTAM_BEHPARDAKHT_TERMINAL", default=_or(demo, str(DEMO_TERMINAL)))
    return {
        "class": "billing.gateways.behpardakht.Behpardakht",
        "service_url": env.str(
            "SEPTAM_BEHPARDAKHT_SERVICE", default=f"{url}/pgwchannel/services/pgw"
        ),
        "page_url": env.str("SEPTAM_BEHPARDAKHT_PAGE", default=f"{url}/pgwchannel/startpay.mellat"),
        "terminal": int(terminal) if terminal.isascii() and terminal.isdigit() else 0,
        "user": env.str("SEPTAM_BEHPARDAKHT_USER", default=_or(demo, "septam")),
        "password": env.str("SEPTAM_BEHPARDAKHT_PASSWORD", default=_or(demo, "demo-pass")),
        "one_step": env.bool("SEPTAM_BEHPARDAKHT_ONE_STEP", default=False),
        **_limits(env, "BEHPARDAKHT", 0),
    }


def _zarinpal(env: environ.Env, host: str, demo: str | None) -> Options:
    url = env.str("SEPTAM_ZARINPAL_URL", default=host).rstrip("/")
    return {
        "class": "billing.gateways.zarinpal.Zarinpal",
        "service_url": f"{url}/pg/v4/payment",
        "page_url": f"{url}/pg/StartPay",
        "merchant": env.str("SEPTAM_ZARINPAL_MERCHANT", default=_or(demo, DEMO_MERCHANT)),
        # A hundred million toman, by the provider's documentation.
        **_limits(env, "ZARINPAL", 1_000_000_000),
    }


def _parsian(env: environ.Env, host: str, demo: str | None) -> Options:
    url = env.str("SEPTAM_PARSIAN_URL", default=host).rstrip("/")
    return {
        "class": "billing.gateways.parsian.Parsian",
        "service_url": f"{url}/NewIPGServices",
        "page_url": f"{url}/NewIPG/",
        "pin": env.str("SEPTAM_PARSIAN_PIN", default=_or(demo, "demo-parsian-pin")),
        **_limits(env, "PARSIAN", 0),
    }


def _or(demo: str | None, value: str) -> str:
    return value if demo is None else demo


def _limits(env: environ.Env, name: str, largest: int) -> Options:
    rial = env.int(f"SEPTAM_{name}_LARGEST", default=largest)
    return {"timeouts": TIMEOUTS, "largest_rial": rial or None}
