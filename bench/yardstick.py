"""What the bare pages cost right now; every bench measures them in the same run, just before and after its own."""

from bench.clients import Browser, at_once
from bench.stack import Stack

PEOPLE = 20
PAGES_EACH = 25


class Yardstick:
    """The bare project's visitors."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        keys = stack.run("bench.bare.seed", str(PEOPLE), bare=True)
        self.known = [Browser(stack.bare_url, key) for key in keys]
        self.unknown = [Browser(stack.bare_url) for _key in keys]
        self.signed_in()
        self.anonymous()

    def signed_in(self) -> float:
        """CPU seconds of one bare page for somebody signed in, the database's part included."""
        return self._cost(self.known, "/in/")

    def anonymous(self) -> float:
        """CPU seconds of one bare page for anybody."""
        return self._cost(self.unknown, "/out/")

    def _cost(self, people: list[Browser], path: str) -> float:
        def visit(browser: Browser) -> None:
            for _page in range(PAGES_EACH):
                browser.get(path)

        before = self.stack.bare_cpu()
        failed = at_once(visit, people)
        if failed:
            raise SystemExit(f"bench: the bare page fails: {failed[0]}")
        return (self.stack.bare_cpu() - before).total / (len(people) * PAGES_EACH)
