"""What a network costs, how far each layer looks, and what in it is badly sized."""

from d2lkit.accounting.findings import RULES, Finding, Findings
from d2lkit.accounting.measuring import measured_peak
from d2lkit.accounting.records import DoesNotFit, LayerRecord
from d2lkit.accounting.sizing import lint
from d2lkit.accounting.step_memory import OPTIMIZERS, Memory, largest_batch, memory
from d2lkit.accounting.summaries import Summary, count_parameters, summary
from d2lkit.accounting.tracing import trace

__all__ = [
    "OPTIMIZERS",
    "RULES",
    "DoesNotFit",
    "Finding",
    "Findings",
    "LayerRecord",
    "Memory",
    "Summary",
    "count_parameters",
    "largest_batch",
    "lint",
    "measured_peak",
    "memory",
    "summary",
    "trace",
]
