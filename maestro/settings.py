"""The one place that reads the environment (`docs/environment.md` lists every variable)."""

import os
import secrets
import sys
from pathlib import Path

import environs
from marshmallow.validate import OneOf, Range

from maestro import environment
from maestro.database import embedded
from maestro.keys import stored_key
from maestro.look import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent

# Read: every variable once, all of them before the first refusal.
env = environs.Env(eager=False)
_far_end = environment.is_url("https", "http")

DATA_DIR = Path(env.str("MAESTRO_DATA_DIR", "") or BASE_DIR / ".maestro").expanduser().absolute()
DATABASE_URL: str = env.str("DATABASE_URL", "", validate=environment.is_database)
MAESTRO_HOST: str = env.str("MAESTRO_HOST", "127.0.0.1")
MAESTRO_PORT: int = env.int("MAESTRO_PORT", 8000, validate=Range(1, 65535))
DEBUG: bool = env.bool("MAESTRO_DEBUG", False)
MAESTRO_ALLOWED_HOSTS: list[str] = env.list("MAESTRO_ALLOWED_HOSTS", [], subcast=str.strip)
SECRET_KEY_GIVEN: str = env.str("DJANGO_SECRET_KEY", "")
VAULT_KEY_GIVEN: str = env.str("MAESTRO_SECRET_KEY", "", validate=environment.is_32_bytes)
MAESTRO_ADMIN_PASSWORD: str = env.str("MAESTRO_ADMIN_PASSWORD", "")
MAESTRO_API_KEY: str = env.str("MAESTRO_API_KEY", "")
MAESTRO_WORKERS: int = env.int("MAESTRO_WORKERS", 2, validate=Range(1, 64))
MAESTRO_DURABILITY: str = env.str(
    "MAESTRO_DURABILITY", "grouped", validate=OneOf(["grouped", "each"])
)
MAESTRO_SMTP_URL: str = env.str(
    "MAESTRO_SMTP_URL", "", validate=environment.is_url("smtp", "smtps")
)
MAESTRO_EGRESS_ALLOW: list[str] = env.list("MAESTRO_EGRESS_ALLOW", [], subcast=str.strip)
MAESTRO_CRASH: str = env.str("MAESTRO_CRASH", "", validate=environment.is_crash_point)
ANTHROPIC_BASE_URL: str = env.str("ANTHROPIC_BASE_URL", "", validate=_far_end)
GMAIL_API_URL: str = env.str("GMAIL_API_URL", "", validate=_far_end)
APOLLO_API_URL: str = env.str("APOLLO_API_URL", "", validate=_far_end)
TAVILY_API_URL: str = env.str("TAVILY_API_URL", "", validate=_far_end)
# The secrets a workspace with `env_secrets` may fall back to, by slot.
ENVIRONMENT_SECRETS: dict[str, str] = {
    slot: env.str(slot.upper(), "")
    for slot in ("anthropic_api_key", "apollo_api_key", "tavily_api_key", "gmail_oauth")
}
TESTING = os.environ.get("DJANGO_SETTINGS_MODULE", "").startswith("tests.")

try:
    env.seal()
    if MAESTRO_CRASH and not (DEBUG or TESTING):
        raise environs.EnvValidationError(
            "", {"MAESTRO_CRASH": ["ends processes on purpose: only with MAESTRO_DEBUG=1."]}
        )
except environs.EnvValidationError as wrong:
    sys.exit(environment.refusals(wrong.error_messages))

# The limits of what one node may put into a run.
MAX_NODE_OUTPUT_BYTES = 8 * 1024 * 1024
MAX_ITEM_BYTES = 64 * 1024
MAX_TOOL_RESULT_BYTES = 1024 * 1024
MAX_SUBSCORE_DEPTH = 8  # scores below a score

# Commands that neither serve nor play go on with a passing key; those that do call keys.require_keys.
SECRET_KEY = (
    SECRET_KEY_GIVEN or stored_key(DATA_DIR, "DJANGO_SECRET_KEY") or secrets.token_urlsafe(48)
)
MAESTRO_SECRET_KEY = VAULT_KEY_GIVEN or stored_key(DATA_DIR, "MAESTRO_SECRET_KEY")
MAIL_DIR = DATA_DIR / "mail"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "maestro",
    "maestro.workspaces",
    "agents",
    "agents.skills.mcp",
    "agents.skills.pipeline",
    "scores",
    "orchestras",
    "runs",
    "runs.auditions",
    "maestro.site_config.MaestroAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "ninja",  # the scripts of /api/v1/docs
]
MIDDLEWARE = [
    *(["maestro.middleware.CountQueries"] if DEBUG else []),
    "maestro.api.middleware.ApiAnswers",
    "maestro.middleware.SecureCookies",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "maestro.workspaces.desk.zone.WorkspaceZone",
    "maestro.middleware.ContentPolicy",
]
ROOT_URLCONF = "maestro.urls"
ASGI_APPLICATION = "maestro.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **environment.database_of(DATABASE_URL or embedded(DATA_DIR).address()),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_NODE_OUTPUT_BYTES  # a run's input may be what a node may give
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", MAESTRO_HOST, *MAESTRO_ALLOWED_HOSTS]
CSRF_TRUSTED_ORIGINS = [
    f"https://*{host}" if host.startswith(".") else f"https://{host}"
    for host in MAESTRO_ALLOWED_HOSTS
    if host != "*"
]
# Where people find Maestro, for links in what goes out: the first name that is a whole one.
PUBLIC_URL = next(
    (f"https://{host}" for host in MAESTRO_ALLOWED_HOSTS if host[:1] not in (".", "*")),
    f"http://{MAESTRO_HOST}:{MAESTRO_PORT}",
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

STATIC_URL = "static/"
STATICFILES_DIRS = [folder for folder in [BASE_DIR / "static"] if folder.is_dir()]
WHITENOISE_USE_FINDERS = True  # a fresh clone serves its files without a collecting step
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Timeout and retry are backstops; the run's row holds the truth, and its player's lease is the clock.
Q_CLUSTER = {
    "name": "maestro",
    "orm": "default",
    "workers": MAESTRO_WORKERS + 3,
    "timeout": 3600,
    "retry": 7200,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "queue_limit": 1,
    "bulk": 1,
    "guard_cycle": 0.5,
    "recycle": 50,
    "catch_up": False,
    "broker_class": "runs.queue.ListenBroker",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django-q": {"level": "WARNING"},  # at INFO it names every beat
        # Their INFO lines hold whole addresses, and an address may hold a key.
        "mcp": {"level": "WARNING"},  # and theirs the sessions
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "anthropic": {"level": "WARNING"},
        "uvicorn": {"level": "WARNING"},
        "uvicorn.access": {"level": "INFO"},
    },
}
