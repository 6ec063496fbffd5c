"""Archives of a report: the site, the store and its description, to be kept for decades."""

from runfolio.archive.citation import Author, Citation, read_author
from runfolio.archive.importing import ImportedArchive, import_archive
from runfolio.archive.layout import is_archive
from runfolio.archive.verification import VerifiedArchive, verify_archive
from runfolio.archive.writing import ArchiveSummary, archive_store

__all__ = [
    "ArchiveSummary",
    "Author",
    "Citation",
    "ImportedArchive",
    "VerifiedArchive",
    "archive_store",
    "import_archive",
    "is_archive",
    "read_author",
    "verify_archive",
]
