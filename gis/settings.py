"""Halong's settings: one file, driven by the environment (see `gis.environment`)."""

# pyogrio first: imported after GeoDjango has used the same GDAL library it refuses to start.
import pyogrio  # isort: skip
import shapely  # isort: skip

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from gis.environment import ROLE_URLS, ROOT, load_environment

env = load_environment()


def bundled_library(package: object, pattern: str) -> str:
    """The shared library that *package*'s wheel brings along, so that Debian's own is not needed."""
    home = Path(str(package.__file__)).parent  # type: ignore[attr-defined]
    found = sorted((home.parent / f"{home.name}.libs").glob(pattern))
    if not found:
        raise ImproperlyConfigured(f"The wheel of {home.name} brings no {pattern}: reinstall the requirements.")
    return str(found[0])


GDAL_LIBRARY_PATH = bundled_library(pyogrio, "libgdal*")
GEOS_LIBRARY_PATH = bundled_library(shapely, "libgeos_c*")

BASE_DIR = ROOT
PRODUCTION = env.get("HALONG_ENV", "development") == "production"
"""`production` refuses to start with defaults and demands HTTPS cookies."""
DEBUG = False

INSECURE_KEY = "development-only-key-never-used-in-production"
SECRET_KEY = env.get("SECRET_KEY", INSECURE_KEY)
"""Signs sessions and links; long, random, the same in every process. Production does not start without it."""
if PRODUCTION and SECRET_KEY == INSECURE_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be set in production.")

INSECURE_IDENTITY_KEYS = "1:development-only-identity-key-never-used-in-production"
IDENTITY_KEYS = env.get("IDENTITY_KEYS", INSECURE_IDENTITY_KEYS).split(",")
"""Secrets under which identity numbers are hashed and sealed, as `version:secret` joined by commas; the greatest
version is used for new ones (`manage.py rotate_identity_keys` renews the others). Lost secrets are lost numbers.
Production does not start without its own, each of 32 characters or more."""
_identity_keys = [one.partition(":") for one in IDENTITY_KEYS]
if len({version for version, _colon, _secret in _identity_keys}) < len(_identity_keys) or not all(
    version.isascii() and version.isdigit() and len(secret) >= 32 for version, _colon, secret in _identity_keys
):
    raise ImproperlyConfigured("IDENTITY_KEYS is version:secret,…: whole numbers, each once, 32 characters or more.")
if PRODUCTION and any(one in INSECURE_IDENTITY_KEYS for one in IDENTITY_KEYS):
    raise ImproperlyConfigured("IDENTITY_KEYS must be set in production.")
IDENTITY_QUESTIONS_PER_HOUR = int(env.get("IDENTITY_QUESTIONS_PER_HOUR", "30"))
"""Identity numbers that one account may look up or reveal in an hour."""

ALLOWED_HOSTS = env.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
"""Host names that requests may be addressed to, joined by commas."""
CSRF_TRUSTED_ORIGINS = [origin for origin in env.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
"""Origins (scheme and host) from which forms may come when a proxy changes the host, joined by commas."""
PUBLIC_URL = env.get("PUBLIC_URL", "").rstrip("/")
"""Public base address written into capabilities and links; empty = the request's own (checked) host."""
if PRODUCTION and not (PUBLIC_URL and "ALLOWED_HOSTS" in env):
    raise ImproperlyConfigured("PUBLIC_URL and ALLOWED_HOSTS must be set in production.")

if "DATABASE_URL" not in env:
    env["DATABASE_URL"] = "postgresql:///halong"
if PRODUCTION and not all(name in env for name in ROLE_URLS.values()):
    raise ImproperlyConfigured(f"In production each role has a connection of its own: {', '.join(ROLE_URLS.values())}.")
DATABASES = {
    alias: {
        **dj_database_url.parse(env.get(name, env["DATABASE_URL"]), engine="django.contrib.gis.db.backends.postgis"),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
    for alias, name in ROLE_URLS.items()
}
DATABASE_ROUTERS = ["gis.database.routing.MigrationRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "gis.web.pages",
    "gis.web.api",
    "gis.web.accounts",
    "gis.web.admin",
    "gis.web.jobs",
    "gis.ogc",
    "gis.maps",
    "gis.exchange",
    "gis.exchange.jobs",
    "gis.overlay",
    "gis.layers",
    "gis.actions",
    "gis.observations",
    "gis.live",
    "gis.access",
    "gis.places",
    "gis.database",
    "land",
    "forests",
    "mines",
    "disaster",
    "fixtures",
    "django_tasks",
    "django_tasks_db",
    "rest_framework",
    "rest_framework_gis",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gis.access.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gis.access.middleware.ViewerMiddleware",
    "gis.problems.ProblemMiddleware",
    "gis.wsgi_threads.AbandonedMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gis.urls"
WSGI_APPLICATION = "gis.wsgi.application"
ASGI_APPLICATION = "gis.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gis.web.pages.navigation.navigation",
            ],
        },
    },
]

AUTH_USER_MODEL = "access.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
INVITATION_DAYS = int(env.get("INVITATION_DAYS", "3"))
"""Days for which the link that a new account or a reset password gets is good; it is good for one use."""
PASSWORD_RESET_TIMEOUT = INVITATION_DAYS * 86_400
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
_mail = urlsplit(env.get("EMAIL_URL", ""))
"""The mail server, as `smtp+tls://user:password@mail.example:587` (or smtp, smtps), by which links for new passwords
are sent; needs `PUBLIC_URL`. Empty: administrators hand links out, and who forgot his password is told to ask them."""
if _mail.scheme not in ("", "smtp", "smtps", "smtp+tls"):
    raise ImproperlyConfigured("EMAIL_URL is smtp://, smtp+tls:// or smtps:// user:password@host:port.")
if _mail.scheme and not PUBLIC_URL:
    raise ImproperlyConfigured("EMAIL_URL needs PUBLIC_URL: letters hold links.")
EMAIL_HOST = _mail.hostname or ""
EMAIL_PORT = _mail.port or {"smtps": 465, "smtp+tls": 587}.get(_mail.scheme, 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.get("EMAIL_FROM", "halong@localhost")
"""The sender of letters."""
SUPPORT_CONTACT = env.get("SUPPORT_CONTACT", "")
"""Whom people ask who cannot sign in: an office, a telephone number; shown as it is."""
RESET_MINUTES = int(env.get("RESET_MINUTES", "60"))
"""Minutes for which the link is good that somebody who forgot his password was sent; it is good for one use."""
TRUSTED_PROXIES = int(env.get("TRUSTED_PROXIES", "0"))
"""Proxies in front of the service that add the caller's address to X-Forwarded-For; 0: none, the header is ignored."""

LOCKOUT_FAILURES = int(env.get("LOCKOUT_FAILURES", "5"))
"""Failed sign-ins after which an account is locked; names that are no accounts answer alike."""
LOCKOUT_MINUTES = int(env.get("LOCKOUT_MINUTES", "15"))
"""Minutes that a lock lasts after the last failure that counted; attempts meanwhile do not prolong it."""
LOCKOUT_BY = env.get("LOCKOUT_BY", "account")
"""What is counted and locked: `account`, or `account_and_address`, which a caller elsewhere cannot lock."""
if LOCKOUT_BY not in ("account", "account_and_address"):
    raise ImproperlyConfigured("LOCKOUT_BY is account or account_and_address.")
if LOCKOUT_FAILURES < 1 or LOCKOUT_MINUTES < 1:
    raise ImproperlyConfigured("LOCKOUT_FAILURES and LOCKOUT_MINUTES are at least 1.")
AXES_FAILURE_LIMIT = LOCKOUT_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=LOCKOUT_MINUTES)
AXES_LOCKOUT_PARAMETERS: list[str | list[str]] = (
    ["username"] if LOCKOUT_BY == "account" else [["username", "ip_address"]]
)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # counted by account alone, other addresses and browsers begin no new count
AXES_CLIENT_IP_CALLABLE = "gis.access.addresses.client_address"
AXES_LOCKOUT_CALLABLE = "gis.web.accounts.sign_in.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "old_password", "new_password1", "new_password2", "code"]

TWO_FACTOR = env.get("TWO_FACTOR", "optional")
"""The second factor: `off`; `optional`, who enrols is asked for it; `required`, of everybody; or
`required:admin,operator`, of whoever holds one of these roles."""
if TWO_FACTOR.partition(":")[0] not in ("off", "optional", "required"):
    raise ImproperlyConfigured("TWO_FACTOR is off, optional, required, or required: and roles joined by commas.")
OTP_TOTP_ISSUER = env.get("TWO_FACTOR_ISSUER", "Halong")
"""The service's name in an authenticator."""

OIDC_ISSUER = env.get("OIDC_ISSUER", "")
"""The identity provider that people may sign in through by OpenID Connect, exactly as its tokens name it in `iss`;
empty: none. Its endpoints are set one by one; nothing else is ever asked."""
OIDC_NAME = env.get("OIDC_NAME", "OpenID Connect")
"""The provider's name on the sign-in page."""
OIDC_RP_CLIENT_ID = env.get("OIDC_CLIENT_ID", "")
"""By which the provider knows this service; the address it sends people back to is
`PUBLIC_URL` + `/accounts/openid/callback/`."""
OIDC_RP_CLIENT_SECRET = env.get("OIDC_CLIENT_SECRET", "")
"""The secret that belongs to `OIDC_CLIENT_ID`; empty for a public client, which PKCE alone protects."""
OIDC_OP_AUTHORIZATION_ENDPOINT = env.get("OIDC_AUTHORIZATION_URL", "")
"""The provider's `authorization_endpoint`: where browsers are sent."""
OIDC_OP_TOKEN_ENDPOINT = env.get("OIDC_TOKEN_URL", "")
"""The provider's `token_endpoint`, asked by this service."""
OIDC_OP_JWKS_ENDPOINT = env.get("OIDC_JWKS_URL", "")
"""The provider's `jwks_uri`: the keys that its tokens are signed with (RS256), asked by this service."""
OIDC_OP_USER_ENDPOINT = env.get("OIDC_USERINFO_URL", "")
"""The provider's `userinfo_endpoint`, where the ID token leaves out names, e-mail or groups; empty: not asked."""
OIDC_LOGOUT_URL = env.get("OIDC_LOGOUT_URL", "")
"""The provider's `end_session_endpoint`: who came through the provider is signed out there too; empty: only here."""
OIDC_RP_SCOPES = env.get("OIDC_SCOPES", "openid profile email")
"""What the provider is asked for, parted by spaces."""
OIDC_LINK_BY_EMAIL = env.get("OIDC_LINK_BY_EMAIL", "0") == "1"
"""1: whoever the provider says has verified the e-mail address of one active account is let in as this account from
then on. Otherwise an administrator names him, or he follows the invitation of his account."""
OIDC_CREATE_ACCOUNTS = env.get("OIDC_CREATE_ACCOUNTS", "0") == "1"
"""1: whoever the provider lets in gets an account, without any role."""
OIDC_GROUPS_CLAIM = env.get("OIDC_GROUPS_CLAIM", "groups")
"""The claim that lists a person's groups."""
OIDC_ROLES = [rule.strip() for rule in env.get("OIDC_ROLES", "").split(",") if rule.strip()]
"""Roles that follow a group at each sign-in, as `group=role` or `group=role@commune`, joined by commas; they end with
the group. Roles that administrators give stay as they are, and nobody becomes administrator by a group."""
OIDC_TIMEOUT = 10
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_USE_NONCE = OIDC_USE_PKCE = True
OIDC_AUTHENTICATION_CALLBACK_URL = "openid_callback"
if OIDC_ISSUER:
    _endpoints = {
        "OIDC_AUTHORIZATION_URL": OIDC_OP_AUTHORIZATION_ENDPOINT,
        "OIDC_TOKEN_URL": OIDC_OP_TOKEN_ENDPOINT,
        "OIDC_JWKS_URL": OIDC_OP_JWKS_ENDPOINT,
    }
    if not OIDC_RP_CLIENT_ID or not all(_endpoints.values()):
        raise ImproperlyConfigured(f"OIDC_ISSUER needs OIDC_CLIENT_ID, {', '.join(_endpoints)} beside it.")
    _endpoints |= {"OIDC_USERINFO_URL": OIDC_OP_USER_ENDPOINT, "OIDC_LOGOUT_URL": OIDC_LOGOUT_URL}
    for _name, _address in _endpoints.items():
        if _address and urlsplit(_address).scheme not in (("https",) if PRODUCTION else ("https", "http")):
            raise ImproperlyConfigured(f"{_name} is an https:// address.")

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "gis" / "web" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH = "gis.web.formats"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / ".local" / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = not PRODUCTION

SESSION_ENGINE = "gis.access.sessions"
SESSION_HOURS = int(env.get("SESSION_HOURS", "336"))
"""Hours after which a session ends and one signs in again."""
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
"""Bytes of a request body that is not a file; larger ones are refused before they are read."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gis.web.api.parsers.BoundedJSONParser"],
    "EXCEPTION_HANDLER": "gis.web.api.problems.problem_response",
    "COERCE_DECIMAL_TO_STRING": False,
}

TASKS = {"default": {"BACKEND": env.get("TASKS_BACKEND", "django_tasks_db.DatabaseBackend")}}
"""Where long work waits for a worker (`manage.py work`): the database itself, so that nothing else need run."""
JOB_RESULTS = Path(env.get("JOB_RESULTS", str(ROOT / ".local" / "results")))
"""Folder of the files that jobs made, handed out to their owners alone; shared by web server and workers."""
JOB_RESULT_HOURS = int(env.get("JOB_RESULT_HOURS", "72"))
"""Hours that a job's result is kept."""
JOB_KEPT_DAYS = int(env.get("JOB_KEPT_DAYS", "90"))
"""Days that a job that has ended stays on its owner's page."""
DOWNLOAD_ROWS = int(env.get("DOWNLOAD_ROWS", "20000"))
"""Rows that a list's file holds at once; longer ones are made in the background."""
JOB_LIMIT = int(env.get("JOB_LIMIT", "3"))
"""Jobs of one user that may wait or run at a time."""
JOB_ATTEMPTS = 2
"""Runs of a repeatable job whose worker dies under it; the next one is begun by its owner or not at all."""

MAP_WORKERS = int(env.get("MAP_WORKERS", "2"))
"""Processes that draw pictures; each draws one picture at a time."""
MAP_MAX_SIDE = 4096
"""Pixels of the longest side of a picture; a picture of that square takes 67 MB while it is drawn."""
MAP_LAYER_LIMIT = 20
"""Layers in one picture."""
WEB_THREADS = int(env.get("WEB_THREADS", "8"))
"""Threads that run Django; each keeps one database connection."""
LIVE_RETENTION_HOURS = int(env.get("LIVE_RETENTION_HOURS", "24"))
"""Hours that events stay in the outbox; a viewer away for longer loads the snapshot again."""
DEMO_PASSWORD = env.get("DEMO_PASSWORD", "")
"""The one password of the demo accounts; none are made while it is empty."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.get("LOG_LEVEL", "WARNING")},
}
"""LOG_LEVEL is the least level that is written to standard error."""
