"""What of a store should not be published, and the store without it."""

from runfolio.privacy.disclosing import disclose, learn_masks
from runfolio.privacy.disclosure import EVERYTHING, Disclosure
from runfolio.privacy.findings import (
    Finding,
    Inspection,
    find_in_text,
    find_secrets,
    inspect_store,
)
from runfolio.privacy.masks import Masks
from runfolio.privacy.showing import Shown, show

__all__ = [
    "EVERYTHING",
    "Disclosure",
    "Finding",
    "Inspection",
    "Masks",
    "Shown",
    "disclose",
    "find_in_text",
    "find_secrets",
    "inspect_store",
    "learn_masks",
    "show",
]
