"""Django's settings; everything an installation may vary comes from ANWEI_* variables and the data folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pysqlite3.dbapi2
from csp.constants import NONCE

from anwei.datafolder import DataFolder
from anwei.language import gettext as _
from anwei.portal.database import address, database
from anwei.portal.unified_login import issuer_origin, unified_login

# Debian's SQLite has the WAL-reset fault fixed in 3.51.3; Django must use the wheel's.
sys.modules["sqlite3"] = sys.modules["pysqlite3"]
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
if pysqlite3.dbapi2.sqlite_version_info < (3, 51, 3):
    _needed = _("需要 SQLite 3.51.3 以上，当前为 {version}")
    raise RuntimeError(_needed.format(version=pysqlite3.dbapi2.sqlite_version))

DATA = DataFolder.from_environment()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = DATA.secret("django").hex()
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("ANWEI_OLD_SECRET_KEYS", "").split(",") if key]
DEBUG = False
DEMO = os.environ.get("ANWEI_DEMO") == "1"
TLS = os.environ.get("ANWEI_TLS") == "1"
ROUTINES = os.environ.get("ANWEI_ROUTINES") != "0"  # weekly lists, morning report, nightly backup ...
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    *filter(None, os.environ.get("ANWEI_HOSTS", "").split(",")),
]

INSTALLED_APPS = [
    "anwei.portal",  # first: its pages replace those of the packages below
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "ninja",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "anwei.ledgers",
    "anwei.org",
    "anwei.sites",
    "anwei.cases",
    "anwei.hazards",
    "anwei.emergency",
    "anwei.oversight",
    "anwei.monitoring",
    "anwei.analytics",
    "anwei.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "anwei.portal.static_files.StaticFiles",
    "anwei.portal.middleware.NoNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anwei.portal.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "anwei.portal.refusals.middleware",  # outside of whatever refuses somebody
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "anwei.org.accounts.guard.middleware",
    "anwei.portal.middleware.headers",
    "anwei.org.display.middleware",  # innermost: its refusals carry what every response carries
]
if DEMO:
    MIDDLEWARE.append("anwei.portal.demo_switch.first_visit")

ROOT_URLCONF = "anwei.portal.urls"
ASGI_APPLICATION = "anwei.portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "anwei.portal.context.frame",
            ]
        },
    }
]

DATABASES = {"default": database(DATA, address())}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # run by a child of the worker
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Person"
AUTHENTICATION_BACKENDS = ["anwei.org.backends.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "anwei.org.accounts.passwords.ProfileValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "phone")},
    },
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "anwei.portal.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "anwei.portal.account_forms.LoginForm",
    "change_password": "anwei.portal.account_forms.ChangePasswordForm",
}
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = False  # anwei.org.accounts.lockout counts failures, on record
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # s; dangerous verbs ask again after that
MFA_ADAPTER = "anwei.portal.accounts.FactorAdapter"
MFA_FORMS = {
    "authenticate": "anwei.portal.account_forms.CodeForm",
    "reauthenticate": "anwei.portal.account_forms.CodeAgainForm",
    "activate_totp": "anwei.portal.account_forms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp"]  # recovery codes are our own: allauth's can be read back
MFA_TOTP_TOLERANCE = 1  # steps of 30 s that a telephone's clock may be off
MFA_TOTP_ISSUER = "安危"
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = 30 * 86400  # s
SOCIALACCOUNT_ADAPTER = "anwei.portal.accounts.UnifiedLoginAdapter"
SOCIALACCOUNT_PROVIDERS = unified_login(DATA)
SOCIALACCOUNT_STORE_TOKENS = False
AXES_HANDLER = "anwei.org.accounts.lockout.LoginRecords"
AXES_CLIENT_IP_CALLABLE = "anwei.org.accounts.address.client_address"
AXES_ENABLE_ADMIN = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W002",
    "axes.W003",  # axes keeps the records; the bounds are in lockout.py
    "security.W005",
    "security.W021",  # other hosts of the county's domain are not ours to force to TLS, nor to preload
]
PROXIES = int(os.environ.get("ANWEI_PROXIES", "0"))  # trusted ones in front, each appending X-Forwarded-For
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = DATA.root / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA.root / "evidence"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if "pytest" in sys.modules:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # s after the session was last written (logging in, a filter bar)
CSRF_FAILURE_VIEW = "anwei.portal.errors.csrf_failed"
CSRF_COOKIE_HTTPONLY = False  # htmx reads it from the page's meta tag, not the cookie
if TLS:  # browsers take these names only from this very host, over TLS, for the whole site
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 31536000 if TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'", "'unsafe-inline'"],  # MapLibre and ECharts set element styles
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'", *issuer_origin(DATA)],  # the form of the login page leads there
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "filters": {"one_line": {"()": "anwei.portal.logs.OneLine"}},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
        "django.request": {"filters": ["one_line"]},
        "django.security.DisallowedHost": {"filters": ["one_line"]},
    },
}
