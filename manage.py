#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    """Run a management command with the portal's settings; settings that cannot be read are named in a line, as doctor does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "septam.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        sys.exit(f"wrong  settings: {fault}")


if __name__ == "__main__":
    main()
