"""Addresses of the outreach panel."""

from __future__ import annotations

from django.urls import path

from headhaul.console.outreach.views import (
    dialling,
    editor,
    enrolling,
    enrolments,
    noting,
    outbox,
    replies,
    sending,
    sequences,
    templates,
    writing,
)

app_name = "outreach"
_SEQUENCE = "outreach/sequences/<int:sequence_id>"
_MESSAGE = "outreach/outbox/<uuid:message_id>"
urlpatterns = [
    path("outreach/", sequences.index, name="sequences"),
    path("outreach/limits", sending.limits, name="limits"),
    path("outreach/holds", sending.hold, name="hold"),
    path("outreach/holds/<int:hold_id>/lifting", sending.lift, name="lift_hold"),
    path("outreach/sequences/new", editor.edit, name="new_sequence"),
    path("outreach/sequences/contacts", editor.contacts, name="contacts"),
    path(f"{_SEQUENCE}/", sequences.show, name="sequence"),
    path(f"{_SEQUENCE}/edit", editor.edit, name="edit_sequence"),
    path(f"{_SEQUENCE}/state", sequences.set_state, name="sequence_state"),
    path(f"{_SEQUENCE}/removal", sequences.remove, name="remove_sequence"),
    path(f"{_SEQUENCE}/move", sequences.move, name="move_enrolments"),
    path(f"{_SEQUENCE}/enrolment", enrolling.enrol, name="enrol"),
    path("outreach/enrolment/<str:entity>", enrolling.enrol_chosen, name="enrol_chosen"),
    path("outreach/enrolments/", enrolments.index, name="enrolments"),
    path("outreach/enrolments/change", enrolments.change, name="change_enrolments"),
    path("outreach/enrolments/<int:enrolment_id>", enrolments.show, name="enrolment"),
    path("outreach/outbox/", outbox.index, name="outbox"),
    path(f"{_MESSAGE}/", outbox.show, name="message"),
    path(f"{_MESSAGE}/cancellation", outbox.cancel, name="cancel_message"),
    path(f"{_MESSAGE}/repetition", outbox.requeue, name="requeue_message"),
    path(f"{_MESSAGE}/approval", outbox.approve, name="approve_message"),
    path("outreach/replies/", replies.index, name="replies"),
    path("outreach/replies/<int:reply_id>/", replies.show, name="reply"),
    path("outreach/replies/<int:reply_id>/handling", replies.handle, name="handle_reply"),
    path("outreach/replies/<int:reply_id>/kind", replies.reclassify, name="reclassify_reply"),
    path("outreach/replies/<int:reply_id>/sender", replies.match, name="match_reply"),
    path("outreach/replies/<int:reply_id>/answer", replies.answer, name="answer_reply"),
    path("outreach/templates/", templates.index, name="templates"),
    path("outreach/templates/new", templates.edit, name="new_template"),
    path("outreach/templates/<int:template_id>", templates.edit, name="template"),
    path("outreach/call/<int:contact_id>", dialling.start, name="call"),
    path("outreach/call/<int:contact_id>/over", dialling.over, name="take_over"),
    path("outreach/write/<int:contact_id>", writing.write, name="write"),
    path("outreach/note/<int:contact_id>", noting.note, name="note"),
]
