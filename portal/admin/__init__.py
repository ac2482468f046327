"""The office's pages of support."""

from portal.admin import canned, threads

__all__ = ["canned", "threads"]
