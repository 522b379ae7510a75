"""Django alone, for servers that speak WSGI; the event stream needs `gis.asgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings")

application = get_wsgi_application()
