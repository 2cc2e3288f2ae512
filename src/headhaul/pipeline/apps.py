"""The pipeline room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    """Tables are named pipeline_*. At start-up it begins to listen to what the rooms below tell."""

    name = "headhaul.pipeline"
    label = "pipeline"
    verbose_name = "Pipeline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell other rooms what is kept, listed, merged and imported here, and hear what sets rules off."""
        from headhaul.accounts.choices import CustomEntity
        from headhaul.accounts.ports import deals, happenings
        from headhaul.accounts.ports import imports as ports
        from headhaul.accounts.services import custom_fields, privacy
        from headhaul.accounts.services.absorbing import also_in
        from headhaul.activities import happening
        from headhaul.activities.ports import install_opportunities
        from headhaul.outreach import ports as outreach_ports
        from headhaul.outreach import replied
        from headhaul.pipeline import listening
        from headhaul.pipeline.models import Opportunity
        from headhaul.pipeline.selectors import exporting  # noqa: F401 - it registers the list
        from headhaul.pipeline.selectors.accounts_of import AccountsOfOpportunities
        from headhaul.pipeline.selectors.stages_of import StagesOfAccounts
        from headhaul.pipeline.services import importing, importing_help, importing_rules, outgoing
        from headhaul.pipeline.services.handing_over import DealsOfAccounts
        from headhaul.pipeline.services.personal import PersonalOpportunities
        from headhaul.pipeline.services.rules import interest
        from headhaul.pipeline.working_days import current

        custom_fields.register(CustomEntity.OPPORTUNITY, Opportunity)
        privacy.register(PersonalOpportunities())
        install_opportunities(AccountsOfOpportunities())
        outreach_ports.install_firm_zone(lambda: current().zone)
        outreach_ports.install_opportunities(
            outreach_ports.Opened(table="pipeline_opportunity", account_id="account_id", at="opened_at")
        )
        also_in("pipeline_rulefiring", of="accounts_account", column="account_id")
        deals.install(DealsOfAccounts())
        importing.register()
        importing_help.register()
        importing_rules.register()
        ports.register_outgoing("opportunities", "opportunity", outgoing.opportunities)
        ports.register_outgoing("playbooks", "playbook", outgoing.playbooks)
        ports.register_outgoing("valueProps", "valueProp", outgoing.value_props)
        ports.register_outgoing("automationRules", "rule", outgoing.rules)
        outreach_ports.install_stages(StagesOfAccounts())
        replied.port.listen(wants=interest.is_wanted, hear=listening.hear_outreach)
        happenings.port.listen(wants=interest.is_wanted, hear=listening.hear_accounts)
        happening.port.listen(wants=interest.is_wanted, hear=listening.hear_activities)
