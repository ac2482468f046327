"""One call of the merchant: the fault that waits for it, what is carried out, and its line in the books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulators.bank.ledger import Ledger
from simulators.faults import Fault, FaultQueue, run_with_fault
from simulators.web import Response


@dataclass(frozen=True)
class Asked:
    """Which operation, at which terminal, about which sale (0: none that we know)."""

    operation: str
    terminal: int
    order_id: int


class Exchange:
    """Shared by all gateways, so that a fault means the same at each."""

    def __init__(
        self,
        ledger: Ledger,
        faults: FaultQueue,
        now: Callable[[], int],
        wait: Callable[[float], object],
    ) -> None:
        self._ledger = ledger
        self._faults = faults
        self._now = now
        self._wait = wait

    def run(
        self,
        asked: Asked,
        perform: Callable[[], tuple[str, Response]],
        spoil: Callable[[Fault], Response],
    ) -> Response:
        """Carry the call out as the next fault demands; `perform` gives its code and answer."""
        fault = self._faults.take(asked.operation)
        if fault is not None and not fault.is_executed and fault.kind != "delay":
            self._record(asked, "", fault)

        def execute() -> Response:
            code, response = perform()
            self._record(asked, code, fault, executed=True)
            return response

        return run_with_fault(fault, execute, spoil, self._wait)

    def _record(self, asked: Asked, code: str, fault: Fault | None, executed: bool = False) -> None:
        kind = fault.kind if fault else ""
        self._ledger.record_call(
            asked.operation, asked.terminal, asked.order_id, code, executed, kind, self._now()
        )
