"""Whether an expert can be booked twice: 20 writers × 5 experts, 8 × 2,000 attempts, and the control without guards."""

from bench.stack import Stack
from bench.table import Row
from bench.yardstick import Yardstick

TRIALS, ATTEMPTS = 8, 2_000
# What the guards may cost: attempts a second against those of the control.
RATE = 0.5


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table, and what each trial came to."""
    trials = stack.run("bench.booking_run", str(TRIALS), str(ATTEMPTS))
    guarded = [one for one in trials if one["guarded"]]
    control = [one for one in trials if not one["guarded"]]
    doubles, unguarded = _sum(guarded, "doubles"), _sum(control, "doubles")
    errors, controls_errors = _sum(guarded, "errors"), _sum(control, "errors")
    ratios = [_rate(one) / _rate(other) for one, other in zip(guarded, control, strict=True)]
    rate = _sum(control, "seconds") / _sum(guarded, "seconds")
    shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return [
        Row(f"double bookings, 20 writers × 5 experts, {TRIALS} × {ATTEMPTS:,} attempts", "0, no error",
            f"{doubles} ({_told(guarded)}; {errors} errors)", doubles == 0 and errors == 0),
        Row("  control: a look before the insert, no constraint, no lock", "> 0",
            f"{unguarded} ({_told(control)}; {controls_errors} errors)", unguarded > 0),
        Row("  attempts a second, against the control", f"≥ {RATE} ×", f"{rate:.2f} × ({shown})", rate >= RATE),
    ], ["Doubles of each control trial: " + ", ".join(str(one["doubles"]) for one in control) + "."]  # fmt: skip


def _sum(trials: list[dict[str, float]], name: str) -> float:
    return sum(one[name] for one in trials)


def _rate(trial: dict[str, float]) -> float:
    return trial["attempts"] / trial["seconds"]


def _told(trials: list[dict[str, float]]) -> str:
    return f"{_sum(trials, 'attempts'):,} attempts, {_sum(trials, 'booked'):,} booked, {_sum(trials, 'refused'):,} refused"
