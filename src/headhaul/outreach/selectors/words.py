"""What texts and conditions of sequences can be made of, here and now."""

from __future__ import annotations

from headhaul.outreach.ports import stages
from headhaul.outreach.schemas.sequences import SequenceWords, Word
from headhaul.outreach.selectors import facts


def words() -> SequenceWords:
    """The variables with an example, the facts with their choices, and the stages."""
    return SequenceWords(
        variables=[Word(name=name, label=label, example=example) for name, (label, example) in facts.VARIABLES.items()],
        facts=[
            Word(
                name=name,
                label=fact.label,
                kind=fact.kind,
                choices=dict(fact.choices),
                ops=list(facts.ops_of(fact.kind)),
            )
            for name, fact in facts.facts().items()
        ],
        stages=dict(stages().labels()),
    )
