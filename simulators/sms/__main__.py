"""The command line of the simulated SMS provider."""

from __future__ import annotations

import sys

from simulators.command import add_option, parser_for, run
from simulators.sms.account import Account
from simulators.sms.server import NAME, serve
from simulators.sms.smsir import SmsIrAccount


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; 2 when it cannot start."""
    parser = parser_for("simulators.sms", "Two SMS providers, by Kavenegar's API and SMS.ir's.")
    add_option(parser, "key", Account().key, "API key of the account")
    add_option(parser, "site", Account().site, "the portal's domain in the templates")
    add_option(parser, "callback", "", "where the lines' changes of status are told")
    add_option(parser, "smsir-key", Account().smsir.key, "API key of the account at SMS.ir")
    options = parser.parse_args(arguments)
    account = Account(
        options.key,
        site=options.site,
        callback=options.callback,
        smsir=SmsIrAccount(options.smsir_key),
    )
    return run(NAME, options.port, lambda: serve(options.port, options.data, account))


if __name__ == "__main__":
    sys.exit(main())
