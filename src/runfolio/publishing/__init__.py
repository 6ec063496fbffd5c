"""Publishing reports to a git branch, a folder or object storage."""

from runfolio.publishing.branch import GitBranch
from runfolio.publishing.bucket import Bucket
from runfolio.publishing.folder import Folder
from runfolio.publishing.links import BrokenLink, find_broken_links
from runfolio.publishing.places import Publication
from runfolio.publishing.publishing import publish, take_down
from runfolio.publishing.retention import Retention
from runfolio.publishing.sizes import Limits

__all__ = [
    "BrokenLink",
    "Bucket",
    "Folder",
    "GitBranch",
    "Limits",
    "Publication",
    "Retention",
    "find_broken_links",
    "publish",
    "take_down",
]
