"""The command line of the simulated bank."""

from __future__ import annotations

import sys

from simulators.bank.merchant import (
    DEFAULT_CALLBACK_HOST,
    DEFAULT_PARSIAN_PIN,
    DEFAULT_PASSWORD,
    DEFAULT_TERMINAL,
    DEFAULT_USER,
    DEFAULT_ZARINPAL,
    Merchant,
)
from simulators.bank.server import NAME, serve
from simulators.command import add_option, parser_for, run


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; 2 when it cannot start."""
    parser = parser_for("simulators.bank", "The gateways of Behpardakht, Zarinpal and Parsian.")
    add_option(parser, "terminal", str(DEFAULT_TERMINAL), "terminal number")
    add_option(parser, "user", DEFAULT_USER, "user name of the terminal")
    add_option(parser, "password", DEFAULT_PASSWORD, "password of the terminal")
    add_option(parser, "zarinpal", DEFAULT_ZARINPAL, "merchant id at Zarinpal")
    add_option(parser, "parsian-pin", DEFAULT_PARSIAN_PIN, "PIN at Parsian")
    add_option(parser, "callback-host", DEFAULT_CALLBACK_HOST, "registered hosts, with commas")
    options = parser.parse_args(arguments)
    if not options.terminal.isdigit():
        parser.error("the terminal is a number")
    merchant = Merchant(
        terminal=int(options.terminal),
        user=options.user,
        password=options.password,
        zarinpal=options.zarinpal,
        parsian_pin=options.parsian_pin,
        callback_hosts=tuple(host.strip() for host in options.callback_host.split(",")),
    )
    return run(NAME, options.port, lambda: serve(options.port, options.data, merchant))


if __name__ == "__main__":
    sys.exit(main())
