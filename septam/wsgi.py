"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "septam.settings")
application = get_wsgi_application()

from septam.checks import refuse_unfit_production  # noqa: E402  (needs the settings)

refuse_unfit_production()
