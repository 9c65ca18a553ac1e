"""Every setting, grouped by room; nothing else reads the environment."""

import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env
from config.rooms import ROOMS
from portal import integrity
from protocol import cid, envelope, parts

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("ODOMETER_VAR", str(BASE_DIR / "var"))).resolve()

# --- Django -------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG")
# Without a key every process draws its own: sessions then end with the process, which is
# right for tests; `config.E001` refuses it behind a real web server.
SECRET_KEY = env.secret("DJANGO_SECRET_KEY") or secrets.token_urlsafe(50)
ALLOWED_HOSTS = env.words("WEB_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
WEB_ORIGIN = env.text("WEB_ORIGIN", "http://127.0.0.1:8420")
CSRF_TRUSTED_ORIGINS = [WEB_ORIGIN]
IS_HTTPS = WEB_ORIGIN.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024  # one upload part of 8 MiB and its frame

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "common",
    *ROOMS,
    "config",
]

MIDDLEWARE = [
    "common.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registry.presence.PresenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

# --- Database -----------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL alone fails most contended writes: a reader cannot become a writer on an old snapshot.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON"
        ),
    }
CONN_MAX_AGE = 60
DATABASES["default"]["CONN_MAX_AGE"] = CONN_MAX_AGE

# --- Languages ----------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- Static files -------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [("vendor", VAR_DIR / "vendor")] if (VAR_DIR / "vendor").is_dir() else []
WHITENOISE_USE_FINDERS = env.flag("STATIC_FROM_SOURCE")

IMPORT_MAP = integrity.import_map(STATIC_URL)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # libsodium is WebAssembly; the one inline script is data: digests of vendored modules
        "script-src": [SELF, "'wasm-unsafe-eval'", integrity.source_of(IMPORT_MAP)],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF, *env.words("PUBLIC_CHAIN_RPC_URL", env.text("CHAIN_RPC_URL"))],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- API ----------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "registry.authentication.ApiKeyAuthentication",
        "registry.authentication.SignedInAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "common.schema.DoorSchema",
    "EXCEPTION_HANDLER": "config.problems.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Odometer",
    "DESCRIPTION": "A privacy-preserving marketplace for vehicle data.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# --- work and Celery ----------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:16379/0")
CELERY_TASK_ALWAYS_EAGER = False

# --- Backups --------------------------------------------------------------------------------
BACKUP_DIR = env.folder("BACKUP_DIR")  # where the copy of the keys is kept up; None: nowhere
BACKUP_KEYS_EVERY_S = env.number("BACKUP_KEYS_EVERY_S", 300)

# --- chain --------------------------------------------------------------------------------
CHAIN_RPC_URL = env.text("CHAIN_RPC_URL", "http://127.0.0.1:18545")
PUBLIC_CHAIN_RPC_URL = env.text("PUBLIC_CHAIN_RPC_URL", CHAIN_RPC_URL)
CHAIN_ID = env.number("CHAIN_ID", 31337)
CHAIN_CONFIRMATIONS = env.number("CHAIN_CONFIRMATIONS", 1)
CHAIN_BUMP_AFTER_S = env.number("CHAIN_BUMP_AFTER_S", 30)
CHAIN_MAX_FEE_GWEI = env.number("CHAIN_MAX_FEE_GWEI", 200)  # per unit of gas, never more
CHAIN_DEPLOYMENTS_DIR = Path(env.text("CHAIN_DEPLOYMENTS_DIR", str(VAR_DIR / "chain")))
CHAIN_SENDER_KEY = env.secret("CHAIN_SENDER_KEY")  # in the sender's process only
CHAIN_STEWARDS = env.words("CHAIN_STEWARDS")  # two addresses; asked for at deployment alone
NODE_TIMEOUT_S = env.number("NODE_TIMEOUT_S", 20)

# --- storage ------------------------------------------------------------------------------
IPFS_API = env.text("IPFS_API", "/ip4/127.0.0.1/tcp/15001/http")
IPFS_MIRRORS = env.words("IPFS_MIRRORS")  # RPC addresses of other nodes
PINNING_SERVICE_URL = env.text("PINNING_SERVICE_URL", "")
PINNING_SERVICE_TOKEN = env.secret("PINNING_SERVICE_TOKEN")
PIN_AUDIT_EVERY_S = env.number("PIN_AUDIT_EVERY_S", 3_600)
SPOOL_DIR = VAR_DIR / "spool"
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", envelope.sealed_size(parts.MAX_PLAIN_BYTES))
UPLOAD_PART_MAX_BYTES = 8 * 1024 * 1024
UPLOAD_KEEP_FREE_BYTES = env.number("UPLOAD_KEEP_FREE_BYTES", 512 * 1024 * 1024)  # on our disk
IPFS_WHOLE_MAX_BYTES = cid.MAX_BYTES  # up to here a file is one object; beyond, parts
IPFS_PART_BYTES = parts.PART_BYTES
BUILDER_PUBLIC_FILE = Path(
    env.text("BUILDER_PUBLIC_FILE", str(VAR_DIR / "keys" / "builder.public.json"))
)
BUILDER_PRIVATE_KEY = env.secret("BUILDER_PRIVATE_KEY")  # in the builder's process only
BUILDER_OLD_PRIVATE_KEYS = env.secret("BUILDER_OLD_PRIVATE_KEYS").split()  # while it rotates

# --- anonymize ----------------------------------------------------------------------------
PRIVACY_WINDOW_CAP_RHO_MICRO = env.number("PRIVACY_WINDOW_CAP_RHO_MICRO", 250_000)
PRIVACY_LIFETIME_CAP_RHO_MICRO = env.number("PRIVACY_LIFETIME_CAP_RHO_MICRO", 2_500_000)
DATASET_CAP_RHO_MICRO = env.number("DATASET_CAP_RHO_MICRO", 250_000)

# --- marketplace and payouts --------------------------------------------------------------
FEE_BPS = env.number("FEE_BPS", 1_200)
QUOTE_LIFETIME_S = env.number("QUOTE_LIFETIME_S", 900)

# --- Logging: ids only, structured, no request bodies ---------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"web3": {"level": "WARNING"}, "urllib3": {"level": "WARNING"}},
}
