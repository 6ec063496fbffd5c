"""The filter language of run search: text to syntax tree, and a tree to the runs it matches."""

from runfolio.query.language.columns import RunColumns, number_of_text
from runfolio.query.language.document import from_json, to_json
from runfolio.query.language.evaluation import evaluate
from runfolio.query.language.ordering import OrderKey, order_runs, parse_order
from runfolio.query.language.parsing import parse_filter
from runfolio.query.language.syntax import Field, Node

__all__ = [
    "Field",
    "Node",
    "OrderKey",
    "RunColumns",
    "evaluate",
    "from_json",
    "number_of_text",
    "order_runs",
    "parse_filter",
    "parse_order",
    "to_json",
]
