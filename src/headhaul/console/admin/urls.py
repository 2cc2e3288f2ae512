"""Administration, all of it under /admin/."""

from __future__ import annotations

from django.urls import path

from headhaul.console.admin.views import audit, jobs, people, permissions, settings, tokens

app_name = "admin"
urlpatterns = [
    path("admin/jobs/", jobs.index, name="jobs"),
    path("admin/jobs/start", jobs.start, name="start_job"),
    path("admin/permissions/", permissions.index, name="permissions"),
    path("admin/people/", people.index, name="people"),
    path("admin/people/new", people.create, name="new_person"),
    path("admin/people/<int:user_id>/role", people.set_role, name="person_role"),
    path("admin/people/<int:user_id>/access", people.set_access, name="person_access"),
    path("admin/tokens/", tokens.index, name="tokens"),
    path("admin/tokens/new", tokens.create, name="new_token"),
    path("admin/tokens/<int:token_id>/revocation", tokens.revoke, name="revoke_token"),
    path("admin/audit/", audit.index, name="audit"),
    path("admin/audit/verification", audit.verify, name="verify_audit"),
    path("admin/settings/", settings.index, name="settings"),
    path("admin/settings/<slug:key>/", settings.section, name="section"),
]
