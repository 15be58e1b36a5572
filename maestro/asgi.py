"""What a web server runs: `uvicorn maestro.asgi:application` (or `manage.py serve`)."""

import os

from django.core.asgi import get_asgi_application

from maestro.body_limit import BodyLimit
from maestro.connection_pool import share_connections
from maestro.database import ensure_database
from maestro.keys import require_keys
from maestro.static_files import StaticFiles

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maestro.settings")
share_connections()
application = BodyLimit(StaticFiles(get_asgi_application()))
require_keys()
ensure_database()
