"""What a network costs: parameters, FLOPs, memory, and how far each layer looks."""

from d2lkit.accounting.records import LayerRecord
from d2lkit.accounting.summaries import Summary, count_parameters, summary
from d2lkit.accounting.tracing import trace

__all__ = ["LayerRecord", "Summary", "count_parameters", "summary", "trace"]
