"""S3-compatible storage with one bucket, by path and signed by version 4; ``python -m simulators.bucket``."""

from simulators.bucket.server import Account, serve

__all__ = ["Account", "serve"]
