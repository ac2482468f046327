"""What the offered banks take in one payment. Whole rial."""

from billing import gateways


def offered_for(amount_rial: int) -> list[str]:
    """The names of the offered gateways that take this sum at once, the preferred one first."""
    return [name for name in gateways.names() if _takes(name, amount_rial)]


def _takes(name: str, amount_rial: int) -> bool:
    largest = gateways.gateway(name).largest_rial
    return largest is None or amount_rial <= largest


def largest_rial() -> int | None:
    """The most that any offered gateway takes at once; None where one of them has no limit (or none is offered)."""
    limits = [gateways.gateway(name).largest_rial for name in gateways.names()]
    known = [limit for limit in limits if limit is not None]
    return max(known) if known and len(known) == len(limits) else None
