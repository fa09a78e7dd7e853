"""All settings, driven by the environment (see config/environment.py)."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from civicloop.config.databases import database_settings
from civicloop.config.environment import read_environment

# Each process works on one core. A BLAS that waits in a loop on the others takes them from the
# processes beside: the engines' tests took twice the processor time with two threads each.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ENVIRONMENT = read_environment()
PACKAGE = Path(__file__).resolve().parent.parent

DATA_FOLDER = ENVIRONMENT.data_folder
DEMO = ENVIRONMENT.is_demo
DEBUG = ENVIRONMENT.is_debug
SECRET_KEY = ENVIRONMENT.secret_key
CONTACT_KEY_FILE = DATA_FOLDER / "contact_key"  # the vault's secrets; see apps/vault/keys.py
VAULT_CIPHERS = ENVIRONMENT.vault_ciphers
RETENTION_DAYS = ENVIRONMENT.retention_days
REPORT_RETENTION_DAYS = ENVIRONMENT.report_retention_days
LOOKS_PER_DAY, LOOK_MINUTES = ENVIRONMENT.looks_per_day, ENVIRONMENT.look_minutes
CONTENT_KEY_FILE = DATA_FOLDER / "content_key"  # see apps/intake/content_hashes.py
AUDIT_KEY_FILE = DATA_FOLDER / "audit_key"  # links audit events; see apps/audit/keys.py
FILE_SCANNER = ENVIRONMENT.file_scanner
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.trusted_origins

INSTALLED_APPS = [
    "civicloop.config",
    "civicloop.apps.accounts",
    "civicloop.apps.places",
    "civicloop.apps.audit",
    "civicloop.apps.vault",
    "civicloop.apps.jobs",
    "civicloop.apps.notices",
    "civicloop.apps.clocks",
    "civicloop.apps.intake",
    "civicloop.apps.issues",
    "civicloop.apps.knowledge",
    "civicloop.apps.dispatch",
    "civicloop.apps.cases",
    "civicloop.apps.air",
    "civicloop.apps.indicators",
    "civicloop.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks_db",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "civicloop.web.middleware.TrustedProxyMiddleware",
    "civicloop.web.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "civicloop.web.middleware.PermissionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",  # before the static files: they carry the policy, too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "civicloop.web.accounts.middleware.SessionAgeMiddleware",
    "civicloop.web.middleware.DemoGuestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "civicloop.web.middleware.ReaderMiddleware",
    "civicloop.web.accounts.middleware.LogInFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "civicloop.web.accounts.middleware.AccountGateMiddleware",
    "civicloop.web.uploads.ScannedUploadsMiddleware",  # after who sends it was let on
    "civicloop.web.middleware.HeadersMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "civicloop.web.slow_queries.SlowQueriesMiddleware",
]
ROOT_URLCONF = "civicloop.config.urls"
WSGI_APPLICATION = "civicloop.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "civicloop.web.context.site",
            ],
        },
    }
]

DATABASES = {"default": database_settings(ENVIRONMENT.database_url)}
if ENVIRONMENT.vault_database_url:
    DATABASES["vault"] = database_settings(
        ENVIRONMENT.vault_database_url,
        variable="VAULT_DATABASE_URL",
    )
    DATABASE_ROUTERS = ["civicloop.config.vault_router.VaultRouter"]
CACHES = {
    # What must hold in every process and after a restart: how often somebody tried to log in.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_tries",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    "near": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["civicloop.apps.notices.logins.LoginWithNotices"]
AUTH_PASSWORD_VALIDATORS = ENVIRONMENT.password_policy.validators(
    breached_file=ENVIRONMENT.breached_passwords
)
PASSWORD_DAYS = ENVIRONMENT.password_policy.days
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "civicloop.web.accounts.adapters.AccountAdapter"
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False  # the demo's guest may log in as somebody
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # the other sessions end, this one goes on
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/10m/key",  # as GB/T 22239-2019 asks: shut after five, for minutes
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "civicloop.web.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "civicloop.web.accounts.forms.AddKeyForm",
    "edit_webauthn": "civicloop.web.accounts.forms.EditKeyForm",
}
MFA_TOTP_ISSUER = "civicloop"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENVIRONMENT.is_debug
SECOND_FACTOR = ENVIRONMENT.second_factor
IDLE_MINUTES = ENVIRONMENT.idle_minutes or ENVIRONMENT.password_policy.idle_minutes
SESSIONS_MOST = 3  # of one person at a time

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # no collectstatic step: the wheel's own files are served
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = DATA_FOLDER / "files"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # as many appeals can be split off an event at once
CLOCK_PRESET = ENVIRONMENT.clock_preset
AUDIT_ANCHORS, AUDIT_EMAIL = ENVIRONMENT.audit_anchors, ENVIRONMENT.audit_email
UPLOADS_KEPT_DAYS = ENVIRONMENT.uploads_kept_days
CALLS_KEPT_DAYS = ENVIRONMENT.calls_kept_days
SHARE_CALLED_BACK = ENVIRONMENT.called_back_percent / 100  # see apps/dispatch/sampling.py
SHARE_REVIEWED = ENVIRONMENT.reviewed_percent / 100
METRICS_FROM = ENVIRONMENT.metrics_from
SLOW_QUERY_MS = ENVIRONMENT.slow_query_ms
REPORTS_PER_HOUR = ENVIRONMENT.reports_per_hour
SPARK = ENVIRONMENT.spark
ROW_ENGINE = ENVIRONMENT.row_engine
MODEL_ENDPOINT = ENVIRONMENT.model_endpoint
SINGLE_SIGN_ON = ENVIRONMENT.single_sign_on
SINGLE_SIGN_ON_CLAIM = ENVIRONMENT.single_sign_on_claim
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

SITE_URL = ENVIRONMENT.site_url
EMAIL_HOST, EMAIL_PORT = ENVIRONMENT.email.host, ENVIRONMENT.email.port  # no host: no e-mail
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENVIRONMENT.email.user, ENVIRONMENT.email.password
EMAIL_USE_TLS, EMAIL_USE_SSL = ENVIRONMENT.email.starts_tls, ENVIRONMENT.email.is_tls
EMAIL_TIMEOUT = 10
EMAIL_DOMAIN = ENVIRONMENT.email.domain
DEFAULT_FROM_EMAIL = ENVIRONMENT.email.sender
ROBOT_URLS = ENVIRONMENT.robot_urls
SMS_URL = ENVIRONMENT.sms_url
UPLOAD_MAX_BYTES = 512 * 1024 * 1024

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
KNOWN_COOKIE_NAME = "__Host-known" if ENVIRONMENT.is_https else "known"
if ENVIRONMENT.is_https:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
SESSION_ENGINE = "civicloop.apps.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "civicloop.web.message_storage.MessageStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.is_https
SECURE_SSL_REDIRECT = ENVIRONMENT.is_https
SECURE_REDIRECT_EXEMPT = [r"^api/"]  # refused there: a redirect would hide a key in the clear
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
if ENVIRONMENT.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = not ENVIRONMENT.is_https_of_host_alone
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "civicloop.config.logs.PlainLines",
            "fmt": "{asctime} {levelname} {name} account={account} {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "style": "{",
        },
        "json": {"()": "civicloop.config.logs.JsonLines"},
    },
    "filters": {
        "short_refusals": {"()": "civicloop.config.logs.ShortRefusals"},
        "who_asked": {"()": "civicloop.config.logs.WhoAsked"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": ENVIRONMENT.logs,
            "filters": ["short_refusals", "who_asked"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Also where a city has more told: it writes whole pages' contents when one asks for what is not there.
    "loggers": {"django.template": {"level": "INFO"}},
}
