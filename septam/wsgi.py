"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "septam.settings")
application = get_wsgi_application()

from septam.checks import refuse_unfit_production  # noqa: E402  (needs the settings)

refuse_unfit_production()
# All views are loaded now, not by the first visitor.
get_resolver().url_patterns  # noqa: B018
# What was loaded lives as long as the process, yet Python would look through it for garbage again and again. It is set
# aside; what requests leave behind mostly goes away by itself and is looked through less often.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
