"""What it costs to type in the lists of cities and categories: each letter asks the server once."""

import statistics
from urllib.parse import quote

from bench.clients import Browser, at_once
from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

PEOPLE, ROUNDS, TIMES = 20, 5, 4
RATIO = 1.2
# As people type them, letter by letter.
WORDS = {"cities": ("ت", "ته", "تهر", "اصف", "اصفهان"), "categories": ("ط", "طلا", "طلا ف", "دارو", "بانک")}  # fmt: skip


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """A row for each list. The worker stands still: its looks for work are no part of a letter."""
    people = [Browser(stack.url) for _one in range(PEOPLE)]
    with stack.without_worker():
        return [_row(stack, yardstick, people, name, words) for name, words in WORDS.items()], []


def _row(
    stack: Stack, yardstick: Yardstick, people: list[Browser], name: str, words: tuple[str, ...]
) -> Row:
    asked = [f"/suggest/{name}/?q={quote(word)}" for word in words] * TIMES
    _cost(stack, people, asked)  # warm
    ratios = []
    for _number in range(ROUNDS):
        beside = yardstick.anonymous()
        ratios.append(_cost(stack, people, asked) / beside)
    stack.forget_statements()
    _cost(stack, people, asked)
    queries = stack.statements() / (len(people) * len(asked))
    ratio = statistics.median(ratios)
    figure = f"{ratio:.2f} × ({', '.join(f'{one:.2f}' for one in ratios)}), {queries:.1f} statements"  # fmt: skip
    holds = ratio <= RATIO and queries <= 1.05
    return Row(f"typing in the list of {name}: a letter", f"≤ {RATIO} × the bare anonymous page, 1 statement", figure, holds)  # fmt: skip


def _cost(stack: Stack, people: list[Browser], paths: list[str]) -> float:
    def type_it(browser: Browser) -> None:
        for path in paths:
            browser.get(path)

    before = stack.cpu()
    failed = at_once(type_it, people)
    if failed:
        raise SystemExit(f"bench: suggestions fail: {failed[0]}")
    spent = stack.cpu() - before
    return (spent.web + spent.database) / (len(people) * len(paths))
