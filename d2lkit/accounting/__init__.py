"""What a network costs, how far each layer looks, and what in it is badly sized."""

from d2lkit.accounting.findings import RULES, Finding, Findings
from d2lkit.accounting.records import DoesNotFit, LayerRecord
from d2lkit.accounting.sizing import lint
from d2lkit.accounting.summaries import Summary, count_parameters, summary
from d2lkit.accounting.tracing import trace

__all__ = [
    "RULES",
    "DoesNotFit",
    "Finding",
    "Findings",
    "LayerRecord",
    "Summary",
    "count_parameters",
    "lint",
    "summary",
    "trace",
]
