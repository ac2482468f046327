"""What becomes of requests when more come than can be served at once, and when some clients send half of one and wait."""

import asyncio
import time
from urllib.parse import urlsplit

from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

SECONDS, OVER, SLOW, OTHERS = 5.0, 1.5, 8, 400
PATIENCE = 30.0


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table."""
    [session] = [one["session"] for one in stack.run("bench.seed", "1", "5")]
    ask = _Asking(urlsplit(stack.url).netloc, session)
    capacity = asyncio.run(_capacity(ask))
    sent, failed, longest = asyncio.run(_burst(ask, OVER * capacity))
    lost, slowest = asyncio.run(_beside_the_slow(ask))
    return [
        Row(f"burst of {OVER} × capacity for {SECONDS:.0f} s: errors", "0",
            f"{failed} of {sent:,} ({OVER * capacity:.0f} a second; the last answer after {longest:.1f} s)", failed == 0),
        Row(f"{SLOW} clients that send half a request and wait: failures of others", "0",
            f"{lost} of {OTHERS} (the slowest after {slowest:.2f} s)", lost == 0),
    ], []  # fmt: skip


class _Asking:
    """One request for «محل من» on a connection of its own."""

    def __init__(self, host: str, session: str) -> None:
        self.name, _colon, port = host.partition(":")
        self.port = int(port)
        lines = (
            "GET /places/ HTTP/1.1",
            f"Host: {host}",
            f"Cookie: sessionid={session}",
            "Connection: close",
        )
        self.request = "\r\n".join([*lines, "", ""]).encode()

    async def __call__(self) -> bool:
        """Whether it was answered with a page."""
        try:
            return await asyncio.wait_for(self._answer(), PATIENCE)
        except (OSError, TimeoutError):
            return False

    async def _answer(self) -> bool:
        reader, writer = await asyncio.open_connection(self.name, self.port)
        try:
            writer.write(self.request)
            answer = await reader.read()
        finally:
            writer.close()
        return answer.startswith(b"HTTP/1.1 200") and b"</html>" in answer

    async def half(self) -> asyncio.StreamWriter:
        """A connection on which the rest never comes."""
        _reader, writer = await asyncio.open_connection(self.name, self.port)
        writer.write(self.request[: len(self.request) // 2])
        await writer.drain()
        return writer


async def _capacity(ask: _Asking) -> float:
    """Answers a second, with as many clients as keep it busy."""
    answered = 0

    async def client(until: float) -> None:
        nonlocal answered
        while time.monotonic() < until:
            done = await ask()
            answered += done

    for seconds in (1.0, SECONDS):  # the first time to warm
        answered, began = 0, time.monotonic()
        await asyncio.gather(*(client(began + seconds) for _one in range(16)))
        spent = time.monotonic() - began
    return answered / spent


async def _burst(ask: _Asking, rate: float) -> tuple[int, int, float]:
    """How many were sent at that rate, how many failed, and when the last one was answered."""
    began, waiting = time.monotonic(), []
    for number in range(int(rate * SECONDS)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        waiting.append(asyncio.create_task(ask()))
    answers = await asyncio.gather(*waiting)
    return len(answers), answers.count(False), time.monotonic() - began


async def _beside_the_slow(ask: _Asking) -> tuple[int, float]:
    """How many of the others failed, and the longest that one waited."""
    slow = [await ask.half() for _one in range(SLOW)]
    lost, slowest = 0, 0.0
    for _number in range(OTHERS // 4):
        began = time.monotonic()
        answers = await asyncio.gather(*(ask() for _one in range(4)))
        lost += answers.count(False)
        slowest = max(slowest, time.monotonic() - began)
    for writer in slow:
        writer.close()
    return lost, slowest
