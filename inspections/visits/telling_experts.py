"""What an expert is told by SMS, inside the transaction of what it tells; experts read the rest on their lists."""

from accounts.models import User
from inspections.models import Closure, RequestStatus, VisitRequest
from notifications import outbox
from septam import jalali
from septam.digits import to_persian


def about_work(expert: User) -> str:
    """By which a fresher word about an expert's work takes back the one that still waits."""
    return f"work:{expert.pk}"


def assigned(expert: User) -> None:
    """New requests wait for the expert's call. The SMS says how many wait in all, so that the last one is enough."""
    if not expert.mobile:
        return
    outbox.withdraw(about=about_work(expert), events=["work.assigned"])
    waiting = VisitRequest.objects.filter(
        assigned_expert_id=expert.pk, status=RequestStatus.SCHEDULING
    )
    values = {"count": to_persian(waiting.count())}
    outbox.queue(
        "work.assigned", expert.mobile, values, user_id=expert.pk, about=about_work(expert)
    )


def day_closed(expert: User, closure: Closure) -> None:
    """The expert's visits of a closed day are taken back; told once, however many they are."""
    if not expert.mobile:
        return
    outbox.queue(
        "work.day_closed", expert.mobile,
        {"date": jalali.format_date(closure.day), "province": closure.province.name},
        user_id=expert.pk, once_key=f"work.day_closed:{closure.pk}:{expert.pk}",
    )  # fmt: skip
