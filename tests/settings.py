"""The portal's settings in test mode, whatever the shell's environment says; processes that a test starts inherit it."""

import os

os.environ["SEPTAM_MODE"] = "test"

from septam.settings import *  # noqa: F403
