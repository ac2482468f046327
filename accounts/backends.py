"""How a password is checked at sign-in."""

from django.contrib.auth.backends import ModelBackend


class PasswordBackend(ModelBackend):
    """Mobile or username with a password."""
