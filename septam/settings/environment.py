"""What the other settings are read with, and in which of the three modes this process runs."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from septam.variables import Variables

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Variables()

MODE = env.str("SEPTAM_MODE", default="demo")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"SEPTAM_MODE is {MODE!r}; it must be production, demo or test")
PRODUCTION = MODE == "production"
DEBUG = False
# «/design/» shows every component of the pages in every state; see portal/design.py.
DESIGN_PAGE = env.bool("SEPTAM_DESIGN_PAGE", default=not PRODUCTION)
# Where this process is to die or fail, for tests of interruptions: see septam/failpoints.py.
FAILPOINT = env.str("SEPTAM_FAILPOINT", default="")
