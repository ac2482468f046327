"""The command line of the simulated SMS provider."""

from __future__ import annotations

import sys

from simulators.command import add_option, parser_for, run
from simulators.sms.api import Account
from simulators.sms.server import NAME, serve


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; 2 when it cannot start."""
    parser = parser_for("simulators.sms", "An SMS provider that follows Kavenegar's REST API.")
    add_option(parser, "key", Account().key, "API key of the account")
    add_option(parser, "site", Account().site, "the portal's domain in the templates")
    options = parser.parse_args(arguments)
    account = Account(key=options.key, site=options.site)
    return run(NAME, options.port, lambda: serve(options.port, options.data, account))


if __name__ == "__main__":
    sys.exit(main())
