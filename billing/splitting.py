"""A cart whose sum no bank takes at once, as several payments of whole places. Pure; whole rial."""

from collections.abc import Sequence


def split(amounts: Sequence[int], largest: int | None) -> list[list[int]]:
    """The positions of these amounts in groups within `largest`, in their order; None: no limit.

    Each goes into the first group that has room for it. One that lies above the limit by itself is a group
    of its own, which no bank takes. The same amounts always give the same groups.
    """
    if largest is None or sum(amounts) <= largest:
        return [list(range(len(amounts)))] if amounts else []
    groups: list[list[int]] = []
    sums: list[int] = []
    for position, amount in enumerate(amounts):
        room = next((at for at, filled in enumerate(sums) if filled + amount <= largest), None)
        if room is None:
            groups.append([position])
            sums.append(amount)
        else:
            groups[room].append(position)
            sums[room] += amount
    return groups
