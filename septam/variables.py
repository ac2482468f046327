"""Reading the environment: an empty line of a filled-in form counts as missing, and a wrong value is named."""

import builtins
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


class Variables(environ.Env):  # type: ignore[misc]
    """django-environ, but for what an operator leaves empty or mistypes.

    An empty path would be the folder that the process happens to run in, an empty switch «off», an empty number an
    error without a name. An empty text or list stays what it says.
    """

    def int(self, var: str, default: Any = environ.Env.NOTSET) -> builtins.int:
        """A whole number. Raises ImproperlyConfigured with the name."""
        try:
            return int(self.get_value(var, default="") or default)
        except (TypeError, ValueError):
            raise ImproperlyConfigured(f"{var} must be a whole number") from None

    def bool(self, var: str, default: Any = environ.Env.NOTSET) -> builtins.bool:
        """A switch: on, off, and what django-environ takes beside them. Raises ImproperlyConfigured with the name."""
        typed = str(self.get_value(var, default="")).strip().lower()
        if typed in {"on", "true", "yes", "ok", "y", "1"}:
            return True
        if typed in {"off", "false", "no", "n", "0"}:
            return False
        if typed or default is environ.Env.NOTSET:
            raise ImproperlyConfigured(f"{var} must be on or off")
        return bool(default)

    def path(self, var: str, default: Any = environ.Env.NOTSET, **options: Any) -> Any:
        """A folder."""
        return environ.Path(self.get_value(var, default="") or default, **options)

    def cache_address(self, var: str) -> str:
        """A Redis's address, or nothing. Raises ImproperlyConfigured with the name, and not with the address."""
        typed = str(self.get_value(var, default="")).strip()
        try:
            parts = urlsplit(typed)
            is_read = (parts.hostname and parts.port != 0) or (parts.scheme, bool(parts.path)) == (
                "unix",
                True,
            )
        except ValueError:
            is_read = False
        if typed and (not is_read or parts.scheme not in {"redis", "rediss", "unix"}):
            raise ImproperlyConfigured(
                f"{var} must be like redis://:PASSWORD@127.0.0.1:6379/0; special signs of its password percent-encoded"
            )
        return typed

    def db(self, var: str, default: str) -> Any:
        """A database's address. Raises ImproperlyConfigured with the name, and not with the address: it holds a password."""
        typed = self.get_value(var, default="") or default
        scheme, slashes, rest = typed.partition("://")
        if scheme not in {"postgres", "postgresql"} or not slashes or "/" not in rest:
            raise ImproperlyConfigured(
                f"{var} must be like postgres://septam:PASSWORD@127.0.0.1:5432/septam"
            )
        try:
            return self.db_url_config(typed)
        except ValueError:
            text = f"{var} cannot be read; special signs of its password must be percent-encoded"
            raise ImproperlyConfigured(text) from None
