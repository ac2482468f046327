"""The settings, by subject; everything that differs between machines comes from the environment.

`SEPTAM_MODE` is `production`, `demo` or `test`. Production takes no default for a secret: the system
checks in `septam/checks.py` name each missing or weak setting. `DEBUG` is off everywhere.
"""

from septam.settings.environment import *  # noqa: F403
from septam.settings.framework import *  # noqa: F403
from septam.settings.messages import *  # noqa: F403
from septam.settings.money import *  # noqa: F403
from septam.settings.people import *  # noqa: F403
from septam.settings.visits import *  # noqa: F403
