"""Administration: people, API tokens, permissions, the audit, settings, jobs."""
