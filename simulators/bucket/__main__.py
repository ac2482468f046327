"""The command line of the simulated storage."""

from __future__ import annotations

import sys

from simulators.bucket.server import NAME, Account, serve
from simulators.command import add_option, parser_for, run


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal; 2 when it cannot start."""
    parser = parser_for("simulators.bucket", "S3-compatible storage with one bucket.")
    usual = Account()
    add_option(parser, "bucket", usual.bucket, "name of the bucket")
    add_option(parser, "key", usual.key, "access key")
    add_option(parser, "secret", usual.secret, "secret key")
    options = parser.parse_args(arguments)
    account = Account(options.bucket, options.key, options.secret)
    return run(NAME, options.port, lambda: serve(options.port, options.data, account))


if __name__ == "__main__":
    sys.exit(main())
