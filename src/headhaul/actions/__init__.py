"""The one door every action passes: permission, validation, compliance, handler, audit."""

from headhaul.actions.services.dispatching import dispatch, dispatch_batch
from headhaul.actions.services.replies import Reply, failure

__all__ = ["Reply", "dispatch", "dispatch_batch", "failure"]
