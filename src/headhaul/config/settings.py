"""Django's settings, all of them read here, once, from the environment (see .env.sample for every name)."""

from __future__ import annotations

import os
import zoneinfo

import tzdata

from headhaul.config.content_security import content_security_policy
from headhaul.config.database import database_settings
from headhaul.config.env import SettingError, env, load_env_file
from headhaul.config.logs import logging_settings
from headhaul.config.mail import mail_server
from headhaul.config.places import DEFAULT_HOME, ENV_FILE
from headhaul.config.secret_key import kept_secret
from headhaul.config.single_sign_on import oidc_providers

if not os.environ.get("HEADHAUL_IGNORE_ENV_FILE"):
    load_env_file(ENV_FILE)

# Operating systems are behind on time zones; the pinned package is the one truth.
OLDEST_TZDATA = (2026, 6)
if tuple(int(part) for part in tzdata.__version__.split(".")[:2]) < OLDEST_TZDATA:
    raise SettingError(f"tzdata {tzdata.__version__} is too old for correct quiet hours. Run `make setup`.")
zoneinfo.reset_tzpath(to=[])
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

# ── Where and how it is reached ──────────────────────────────────────────────────────────────────────────────────
HEADHAUL_HOME = env.path("HEADHAUL_HOME", DEFAULT_HOME)
HOST = env.text("HOST", "127.0.0.1")
PORT = env.whole("PORT", 8000, least=1, most=65535)
HTTPS = env.flag("HEADHAUL_HTTPS")
DEBUG = env.flag("HEADHAUL_DEBUG")
WEB_PROCESSES = env.whole("HEADHAUL_WEB_PROCESSES", len(os.sched_getaffinity(0)), least=1, most=64)
TRUSTED_PROXIES = env.several("HEADHAUL_TRUSTED_PROXIES")
METRICS_TOKEN = env.secret("HEADHAUL_METRICS_TOKEN")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.several("HEADHAUL_ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = (
    [f"https://{host.lstrip('.')}" for host in env.several("HEADHAUL_ALLOWED_HOSTS")] if HTTPS else []
)
SECRET_KEY = env.secret("HEADHAUL_SECRET_KEY") or kept_secret(HEADHAUL_HOME, "secret-key")
SECRET_KEY_FALLBACKS = env.several("HEADHAUL_SECRET_KEY_FALLBACKS")

# ── Rooms ────────────────────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "headhaul.config",
    "headhaul.console.ui",
    "headhaul.console.public",
    "headhaul.console.session",
    "headhaul.console.dashboard",
    "headhaul.console.signals",
    "headhaul.console.accounts",
    "headhaul.console.pipeline",
    "headhaul.console.outreach",
    "headhaul.console.calls",
    "headhaul.console.campaigns",
    "headhaul.console.analytics",
    "headhaul.console.money",
    "headhaul.console.leadscore",
    "headhaul.console.capture",
    "headhaul.console.work",
    "headhaul.console.admin",
    "headhaul.api",
    "headhaul.nightly",
    "headhaul.analytics",
    "headhaul.advisor",
    "headhaul.capture",
    "headhaul.pipeline",
    "headhaul.outreach",
    "headhaul.activities",
    "headhaul.accounts",
    "headhaul.carriers",
    "headhaul.actions",
    "headhaul.compliance",
    "headhaul.preferences",
    "headhaul.security",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "headhaul.config.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "headhaul.config.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "headhaul.config.middleware.SessionLifetime",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "headhaul.console.ui.middleware.AppErrorPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "headhaul.config.urls"
WSGI_APPLICATION = "headhaul.config.wsgi.application"
ASGI_APPLICATION = "headhaul.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Data ─────────────────────────────────────────────────────────────────────────────────────────────────────────
DATABASE_URL = env.secret("DATABASE_URL")
DATABASES = database_settings(
    url=DATABASE_URL, home=HEADHAUL_HOME, prepared=env.flag("HEADHAUL_PREPARED_STATEMENTS", default=True)
)
CACHES = {
    # Shared by all processes: sign-in limits are counted here. Everything else is faster than a cache would be.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "config_cache"},
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "headhaul.nightly.schedule.register"
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 20 * 3600}  # a worker that starts late still does the night
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
UPLOAD_PATHS = ("/api/uploads", "/imports/files", "/imports/airtable/files")
UPLOAD_MAX_BYTES = env.whole("HEADHAUL_MAX_UPLOAD_MB", 2048, least=1, most=65536) * 1_000_000
MAIL_PATHS, MAIL_MAX_BYTES = ("/webhooks/email",), 36_000_000  # services hand over mails of up to 25 MB, in base64
MAX_REQUEST_BYTES = env.whole("HEADHAUL_MAX_REQUEST_MB", 10, least=1, most=4096) * 1_000_000

# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "headhaul.console.ui.templating.environment"},
    },
    {  # for the pages of libraries
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
STATIC_URL = "/static/"
STATIC_ROOT = HEADHAUL_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "headhaul.config.static.HashedFiles"},
}
MEDIA_ROOT = HEADHAUL_HOME / "files"
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# ── Sign-in ──────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "security.User"
AUTHENTICATION_BACKENDS = ["headhaul.config.sign_in.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "headhaul.config.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are added by an administrator
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Headhaul"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_ADAPTER = "headhaul.config.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = oidc_providers(env)
DEMO = env.flag("HEADHAUL_DEMO", default=not DATABASE_URL)  # a server of one's own gets no demo data unasked
DEMO_PASSWORD = env.secret("HEADHAUL_DEMO_PASSWORD")

# ── Browser security ─────────────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {"DIRECTIVES": content_security_policy(SOCIALACCOUNT_PROVIDERS)}
_cookie = "__Host-headhaul" if HTTPS else "headhaul"
SESSION_ENGINE = "headhaul.config.sign_in"
SESSION_COOKIE_NAME = f"{_cookie}-session"
CSRF_COOKIE_NAME = f"{_cookie}-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_SECONDS = 60 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = False  # the proxy that ends TLS redirects; a loop here would hide the health page
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "headhaul.console.ui.views.form_too_old"

# ── Outside services and the rest ────────────────────────────────────────────────────────────────────────────────
_hosts = [host for host in env.several("HEADHAUL_ALLOWED_HOSTS") if not host.startswith(".")]
PUBLIC_URL = env.text("HEADHAUL_PUBLIC_URL", f"https://{_hosts[0]}" if HTTPS and _hosts else f"http://localhost:{PORT}")
LINKS_URL = env.text("HEADHAUL_LINKS_URL", PUBLIC_URL)
_mail = mail_server(env.secret("HEADHAUL_SMTP_URL"))
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = _mail.backend, _mail.host, _mail.port, _mail.timeout
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.tls == "starttls", _mail.tls == "ssl"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("HEADHAUL_MAIL_FROM", "Headhaul <headhaul@localhost>")
FMCSA_WEB_KEY = env.secret("FMCSA_WEB_KEY")
FMCSA_BASE_URL = env.text("FMCSA_BASE_URL", "https://mobile.fmcsa.dot.gov/qc/services/")
FMCSA_OPEN_DATA_URL = env.text("FMCSA_OPEN_DATA_URL", "https://data.transportation.gov")
FMCSA_OPEN_DATA_TOKEN = env.secret("FMCSA_OPEN_DATA_TOKEN")
AIRTABLE_TOKEN = env.secret("AIRTABLE_TOKEN")
AIRTABLE_BASE_ID = env.text("AIRTABLE_BASE_ID", "")
AIRTABLE_URL = env.text("AIRTABLE_URL", "https://api.airtable.com")
TWILIO_URL = env.text("TWILIO_URL", "https://api.twilio.com").rstrip("/")
ESP_URL = env.text("HEADHAUL_ESP_URL").rstrip("/")
NAMESERVERS = env.several("HEADHAUL_NAMESERVERS")
INTERNAL_HOSTS = env.several("HEADHAUL_INTERNAL_HOSTS")
LOGGING = logging_settings(
    form=env.choice("HEADHAUL_LOG_FORMAT", "console", among=("console", "json")),
    level=env.choice("HEADHAUL_LOG_LEVEL", "INFO", among=("DEBUG", "INFO", "WARNING", "ERROR")),
)
