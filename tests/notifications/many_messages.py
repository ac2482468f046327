"""An outbox with a past, so that Postgres plans as it does in life whatever it remembers of an empty table."""

from django.db import connection

from notifications.models import SmsMessage, SmsState
from septam import clock


def fill_outbox(count: int = 3000) -> None:
    """Messages that arrived long ago, and fresh statistics of the table."""
    now = clock.now()
    SmsMessage.objects.bulk_create(
        SmsMessage(
            event="call.no_answer", mobile=f"0935{number:07}", text="متن", state=SmsState.DELIVERED,
            created_at=now, next_try_at=now, valid_until=now,
        )
        for number in range(count)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_smsmessage")
