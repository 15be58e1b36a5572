"""What a web server runs: `uvicorn maestro.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maestro.settings")
application = get_asgi_application()
