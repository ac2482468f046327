"""What every page of the portal may show."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """The portal's own address, the support phone, and the demo's phone page if there is one."""
    return {
        "base_url": settings.BASE_URL,
        "support_phone": settings.SUPPORT_PHONE,
        "phone_page_url": settings.PHONE_PAGE_URL,
        "is_demo": settings.MODE == "demo",
    }
