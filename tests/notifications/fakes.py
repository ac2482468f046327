"""Providers that tests play: each answers as it was told, and remembers what it was asked."""

from collections.abc import Callable, Sequence

from notifications.providers.base import Credit, CreditUnit, Delivery, OutgoingSms, ProviderError

Answer = str | ProviderError | Callable[[OutgoingSms], str]


class FakeProvider:
    """Takes every message unless `answers` says otherwise."""

    most_ids = 500

    def __init__(self, name: str, *, remembers: bool = False) -> None:
        self.name = name
        self.remembers = remembers
        self.answers: list[Answer] = []
        self.calls: list[OutgoingSms] = []
        self.known: dict[int, str] = {}
        self.states: dict[str, Delivery] = {}
        self.left = Credit(1_000, CreditUnit.RIAL)

    def send(self, message: OutgoingSms) -> str:
        self.calls.append(message)
        answer = self.answers.pop(0) if self.answers else f"{self.name}-{message.local_id}"
        if isinstance(answer, ProviderError):
            raise answer
        return answer if isinstance(answer, str) else answer(message)

    def repeats_safely(self, *, by_template: bool) -> bool:
        return self.remembers

    def sent_as(self, local_id: int) -> str:
        return self.known.get(local_id, "")

    def deliveries(self, provider_ids: Sequence[str]) -> dict[str, Delivery]:
        return {id: self.states.get(id, Delivery.PENDING) for id in provider_ids}

    def credit(self) -> Credit:
        return self.left
