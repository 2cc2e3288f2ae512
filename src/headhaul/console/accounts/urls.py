"""Accounts, their people, and the small things done to them."""

from __future__ import annotations

from django.urls import path

from headhaul.console.accounts.views import (
    account,
    airtable,
    bulk,
    cells,
    consent,
    contacts,
    duplicates,
    exports,
    facts,
    imports,
    lists,
    privacy,
    saved_views,
)

app_name = "accounts"
urlpatterns = [
    path("accounts/", lists.index, name="list"),
    path("accounts/duplicates", duplicates.index, name="duplicates"),
    path("accounts/duplicates/merge", duplicates.merge, name="merge"),
    path("accounts/duplicates/merge/preview", duplicates.merge_preview, name="merge_preview"),
    path("accounts/duplicates/merges", duplicates.merge_chosen, name="duplicates_chosen"),
    path("accounts/duplicates/search", duplicates.search, name="duplicates_search"),
    path("accounts/duplicates/<int:pair_id>/dismissal", duplicates.dismiss, name="duplicate_dismiss"),
    path("accounts/duplicates/<int:pair_id>/restoration", duplicates.restore, name="duplicate_restore"),
    path("contacts/", lists.contacts, name="contacts"),
    *[
        each
        for entity in saved_views.ENTITIES
        for each in (
            path(f"{entity}/views", saved_views.save, {"entity": entity}, name=f"{entity}_views"),
            path(f"{entity}/bulk", bulk.update, {"entity": entity}, name=f"{entity}_bulk"),
            path(f"{entity}/<int:key>/row", cells.row, {"entity": entity}, name=f"{entity}_row"),
            path(f"{entity}/<int:key>/cell", cells.save, {"entity": entity}, name=f"{entity}_cell"),
            path(f"{entity}/export.<str:file_format>", exports.take, {"entity": entity}, name=f"{entity}_export"),
        )
    ],
    path("exports/<uuid:export_id>/", exports.show, name="export"),
    path("exports/<uuid:export_id>/file", exports.fetch, name="export_file"),
    path("accounts/new", account.create, name="create"),
    path("accounts/from-signal/<int:dot_number>", account.open_from_signal, name="open"),
    path("accounts/<int:account_id>/", account.show, name="account"),
    path("accounts/<int:account_id>/details", account.update, name="update"),
    path("accounts/<int:account_id>/facts/<str:name>", facts.edit, name="fact"),
    path("accounts/<int:account_id>/ownership", account.take, name="take"),
    path("accounts/<int:account_id>/owner", facts.owner, name="owner"),
    path("accounts/<int:account_id>/removal", account.remove, name="remove"),
    path("accounts/<int:account_id>/tags", account.add_tag, name="add_tag"),
    path("accounts/<int:account_id>/tags/removal", account.remove_tag, name="remove_tag"),
    path("imports/", imports.index, name="imports"),
    path("imports/new", imports.new, name="import_new"),
    path("imports/files", imports.receive, name="import_file"),
    path("imports/new/<uuid:upload_id>/", imports.plan, name="import_plan"),
    path("imports/<int:import_id>/", imports.show, name="import"),
    path("imports/<int:import_id>/errors.csv", imports.errors, name="import_errors"),
    path("imports/<int:import_id>/kept.csv", imports.kept, name="import_kept"),
    path("imports/<int:import_id>/stop", imports.stop, name="import_stop"),
    path("imports/<int:import_id>/undo", imports.undo, name="import_undo"),
    path("imports/airtable/", airtable.show, name="airtable"),
    path("imports/airtable/files", airtable.receive, name="airtable_file"),
    path("imports/airtable/in", airtable.bring, name="airtable_in"),
    path("imports/airtable/out", airtable.write, name="airtable_out"),
    path("imports/airtable/exports/<int:export_id>.zip", airtable.archive, name="airtable_archive"),
    path("accounts/<int:account_id>/similar", account.similar, name="similar"),
    path("accounts/<int:account_id>/changes", account.changes, name="changes"),
    path("accounts/<int:account_id>/contacts", contacts.index, name="account_contacts"),
    path("accounts/<int:account_id>/contacts/new", contacts.create, name="new_contact"),
    path("contacts/<int:contact_id>/", contacts.edit, name="contact"),
    path("contacts/<int:contact_id>/removal", contacts.remove, name="remove_contact"),
    path("contacts/<int:contact_id>/everything.json", privacy.everything, name="contact_data"),
    path("contacts/<int:contact_id>/erasure", privacy.erase, name="erase_contact"),
    path("contacts/<int:contact_id>/consent", consent.say, name="consent"),
    path("contacts/<int:contact_id>/standing", consent.standing, name="standing"),
]
