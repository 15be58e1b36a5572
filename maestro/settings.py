"""The one place that reads the environment (`docs/environment.md` lists every variable)."""

from pathlib import Path

import environs

env = environs.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("MAESTRO_DATA_DIR", ".maestro")).absolute()
DEBUG = env.bool("MAESTRO_DEBUG", False)
SECRET_KEY = env.str("DJANGO_SECRET_KEY", "for-now")

INSTALLED_APPS = [
    "unfold",
    "maestro.workspaces",
    "agents",
    "agents.skills.pipeline",
    "scores",
    "orchestras",
    "runs",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
]
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgres:///maestro")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
