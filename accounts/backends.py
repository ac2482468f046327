"""How Django itself would check a password; the portal's own sign-in is accounts.signing_in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts import signing_in
from accounts.models import User


class PasswordBackend(ModelBackend):
    """Mobile or username with a password, under the same limits as the sign-in page."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The account that the password opens; None without a request, whose client is what limits count."""
        if request is None or not username or not password:
            return None
        return signing_in.by_password(request, signing_in.find(username), password).user
