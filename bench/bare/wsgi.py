"""What granian serves of the bare project; its settings come from the environment."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
