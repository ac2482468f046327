"""What single pages cost: an owner's against the bare signed-in page, public ones against the bare anonymous page."""

import statistics
from collections.abc import Iterator

from bench.clients import Browser, at_once
from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

PEOPLE = 20
PAGES_EACH = 20
ROUNDS = 5
OWNED = ("/places/", "/places/{place}/edit/", "/history/", "/notices/", "/cart/")
PUBLIC = ("/", "/prices/", "/criteria/1/", "/check/")
RATIO = 1.6
OWNED_QUERIES, PUBLIC_QUERIES = 6, 2


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table. The worker stands still: its looks for work are no part of a page."""
    seeds = stack.run("bench.seed", str(PEOPLE), "5")
    owners = [(Browser(stack.url, s["session"]), s["places"][0]) for s in seeds]
    visitors = [(Browser(stack.url), 0) for _one in range(PEOPLE)]
    with stack.without_worker():
        return [
            *_rows(stack, owners, OWNED, yardstick.signed_in, OWNED_QUERIES),
            *_rows(stack, visitors, PUBLIC, yardstick.anonymous, PUBLIC_QUERIES),
        ], []


def _rows(stack: Stack, people: list, paths: tuple[str, ...], bare, most: int) -> Iterator[Row]:  # type: ignore[no-untyped-def, type-arg]
    for path in paths:
        _cost(stack, people, path)  # warm
        ratios = []
        for _number in range(ROUNDS):
            beside = bare()
            ratios.append(_cost(stack, people, path) / beside)
        stack.forget_statements()
        _cost(stack, people, path)
        queries = stack.statements() / (len(people) * PAGES_EACH)
        ratio = statistics.median(ratios)
        figure = (
            f"{ratio:.2f} × ({', '.join(f'{one:.2f}' for one in ratios)}), {queries:.1f} statements"
        )
        yield Row(f"page {path}", f"≤ {RATIO} × the bare page, ≤ {most} statements", figure, ratio <= RATIO and queries <= most + 0.1)  # fmt: skip


def _cost(stack: Stack, people: list, path: str) -> float:  # type: ignore[type-arg]
    def visit(who: tuple[Browser, int]) -> None:
        for _page in range(PAGES_EACH):
            who[0].get(path.format(place=who[1]))

    before = stack.cpu()
    failed = at_once(visit, people)
    if failed:
        raise SystemExit(f"bench: {path} fails: {failed[0]}")
    spent = stack.cpu() - before
    return (spent.web + spent.database) / (len(people) * PAGES_EACH)
