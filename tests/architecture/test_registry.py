"""What holds for every action that is or will be declared."""

from __future__ import annotations

import inspect
import re
from contextlib import suppress

import pytest
from django.db import connection, transaction

from headhaul.actions import dispatch
from headhaul.kernel import Action, Actor, Call, InvalidData, NotFound, Page, Paged, Payload, Result, Role, Unavailable
from headhaul.kernel import actions as kernel
from headhaul.kernel.actions import action, registry
from tests.api.sampling import sample_data
from tests.cast import NOON

V, R, M, A = Role.VIEWER, Role.REP, Role.MANAGER, Role.ADMIN

# Names and roles that the plan and the product's description bind; a write is marked with +.
CORE = {
    "getDashboardKPIs": V, "getTopProspects": V, "getAlerts": V, "getTopOpportunities": V, "getNextActions": V,
    "search": V, "+dismissAlert": R, "+snoozeAction": R, "+skipAction": R, "+recordActionTaken": R,
    "+recordActionOutcome": R, "+quickAction": R,
    "getAccount": V, "listAccounts": V, "getContacts": V, "listDuplicates": V, "+createAccount": R,
    "+updateAccount": R, "+createContact": R, "+updateContact": R, "+setConsent": R, "+addTag": R, "+removeTag": R,
    "+assignAccount": M, "+mergeAccounts": M, "+mergeContacts": M, "+bulkUpdateAccounts": M, "+importRecords": M,
    "+exportRecords": M, "+eraseContact": A, "+exportContactData": A,
    "getTimeline": V, "getActivityVelocity": V, "+logActivity": R, "+completeTask": R,
    "getPipeline": V, "getForecast": V, "getStageConversions": V, "getRisks": V, "getPlaybooks": V,
    "getValueProps": V, "getPredictions": V, "getForecastAccuracy": V, "+createOpportunity": R,
    "+updateOpportunity": R, "+moveStage": R, "+closeOpportunity": R, "+setForecastCategory": R, "+savePlaybook": M,
    "+saveValueProp": M, "getAutomationRules": M, "+saveAutomationRule": M, "+setQuota": M,
    "listSequences": V, "getSequence": V, "getThrottleStatus": V, "getEnrollments": V, "getCallQueue": V,
    "previewStep": V, "+recordEmail": R, "+recordSms": R, "+recordCall": R, "+sendEmail": R, "+sendSms": R,
    "+enrollContacts": R, "+pauseEnrollment": R, "+stopEnrollment": R, "+logCallOutcome": R, "+saveSequence": M,
    "+setSequenceStatus": M, "+saveCallCampaign": M, "+saveTemplate": M, "+addSuppression": R,
    "+removeSuppression": A,
    "getAnalytics": V, "getSnapshots": V, "compareSnapshots": V, "+saveSnapshot": M,
    "getCampaignMetrics": V, "getChannelPerformance": V, "getRepPerformance": V, "getSequencePerformance": V,
    "getSourcePerformance": V, "getCPA": V, "getAttribution": V, "getCompetitorIntel": V, "+saveCompetitorIntel": R,
    "+recordSpend": M,
}  # fmt: skip
BOUND = CORE | {
    "getSignal": V, "getSignalHistory": V, "getSignalSpikes": V, "explainSignal": V, "simulateSignals": V,
    "+runProspecting": M, "+importCarriers": M, "+importDrivers": M,
    "getAutomationRules": M, "+saveAutomationRule": M, "+removeAutomationRule": M, "+setAutomationRuleActive": M,
    "getRuleFirings": M, "testAutomationRule": M,
    "getPipeline": V, "getRisks": V, "getTopOpportunities": V, "+createOpportunity": R, "+updateOpportunity": R,
    "+moveStage": R, "+closeOpportunity": R, "+setForecastCategory": R,
    "+captureLead": R, "+captureLeads": R, "getCaptureEvents": V, "+saveCaptureEvent": M, "scoreLead": V,
    "getLeadQueue": V, "getLead": V, "+updateLead": R, "listLeadSources": V, "+saveLeadSource": M,
    "getCaptureExtract": R, "getLeadRouting": M, "+saveLeadRouting": M, "getOutOfOffice": R, "+setOutOfOffice": R,
    "getJobRuns": A, "getProspectingRuns": M, "+runJob": A,
    "listUsers": A, "+setRole": A, "getAuditLog": A, "verifyAuditLog": A, "getSettings": A, "+saveSettings": A,
    "+createApiToken": A, "+revokeApiToken": A,
}  # fmt: skip


EVERYONE = list(registry().values())


@pytest.mark.parametrize("marked", BOUND)
def test_bound_names_have_their_role_and_effect(marked: str) -> None:
    declared = registry()[marked.removeprefix("+")]
    assert (declared.role, declared.writes) == (BOUND[marked], marked.startswith("+"))


@pytest.mark.parametrize("declared", EVERYONE, ids=lambda declared: declared.name)
def test_an_action_is_declared_as_the_others_are(declared: Action) -> None:
    assert declared.handler.__module__.startswith(f"headhaul.{declared.room}.actions")
    assert declared.reply != declared.name
    assert declared.doc.splitlines()[0].endswith(".")
    assert len(inspect.getsource(declared.handler).splitlines()) <= 40
    assert not (declared.sends and not declared.writes), "what reaches a person is a write"


@pytest.mark.parametrize("declared", EVERYONE, ids=lambda declared: declared.name)
def test_data_is_camel_case_and_refuses_what_it_does_not_know(declared: Action) -> None:
    for model in (declared.input, declared.output):
        names = [field.alias or name for name, field in model.model_fields.items()]
        assert all(re.fullmatch(r"[a-z][a-zA-Z0-9]*", name) for name in names)
    assert declared.input.model_config["extra"] == "forbid"


@pytest.mark.parametrize("declared", EVERYONE, ids=lambda declared: declared.name)
def test_lists_are_paged(declared: Action) -> None:
    if issubclass(declared.output, Paged):
        assert issubclass(declared.input, Page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "declared", [declared for declared in EVERYONE if not declared.writes], ids=lambda declared: declared.name
)
def test_a_read_writes_nothing(ada: Actor, declared: Action) -> None:
    """The database itself refuses every write inside."""
    data = sample_data(declared.name)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        with suppress(InvalidData, NotFound, Unavailable):
            dispatch(declared.name, data, actor=ada, at=NOON, door="job")


class Nothing(Payload):
    """Takes nothing."""


class Done(Result):
    """Gives nothing."""


def complete(call: Call, data: Nothing) -> Done:
    """Does nothing."""
    return Done()


def test_an_incomplete_declaration_fails_at_import() -> None:
    def undocumented(call: Call, data: Nothing) -> Done:
        return Done()

    def without_data(call: Call) -> Done:
        """Takes too little."""
        return Done()

    def of_a_dict(call: Call, data: dict) -> Done:  # type: ignore[type-arg]
        """Takes anything."""
        return Done()

    for handler in (undocumented, without_data, of_a_dict):
        with pytest.raises(TypeError):
            action("sampleAction", reply="sampleDone", role=V)(handler)  # type: ignore[arg-type]
    for name in ("sample action", "SampleAction", "x", "listUsers"):
        with pytest.raises(TypeError):
            action(name, reply="sampleDone", role=V)(complete)
    assert "sampleAction" not in kernel._registry
