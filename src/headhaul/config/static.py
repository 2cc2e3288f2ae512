"""Static files under hashed names, for ever cacheable; imports between JavaScript modules are rewritten too."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedFiles(ManifestStaticFilesStorage):
    """Django's manifest storage, with its support for ES modules switched on."""

    support_js_module_import_aggregation = True
