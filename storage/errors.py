"""What can go wrong in the store: one class per condition, the message is the text for the log."""

from __future__ import annotations


class StoreError(Exception):
    """Root of all errors that the store itself raises."""


class StoreBusy(StoreError):
    """Another process holds the instance lock of this database."""


class StoreTooNew(StoreError):
    """The database was written by a newer program than this one."""


class StoreMoved(StoreError):
    """The shop has gone to another database, or is on its way: this one may not be worked in."""


class StoreLeaving(StoreMoved):
    """The shop is going to another database at this moment: what has begun here may be finished."""


class StoreOutdated(StoreError):
    """The database is older than this program, and migrating was not asked for."""


class StoreUnavailable(StoreError):
    """The database cannot be opened, reached or written to; never says a password."""


class MigrationHindered(StoreUnavailable):
    """A step of an upgrade was in the way of somebody's work, or theirs in its; nothing was changed."""


class CommitUnknown(StoreUnavailable):
    """The connection broke in the commit itself: whether the unit counts is not known."""


class StoreLost(StoreError):
    """The instance lock was lost while running: another process may own the database now."""


class LeaseLost(StoreLost):
    """Another process runs this shop now: nothing is wrong with it, this one stands by."""


class StoreDamaged(StoreError):
    """The database's files are broken, gone or not the ones that were opened: nothing may be trusted to them."""


class StoreClosed(StoreError):
    """A unit of work came after the store was closed."""


class RuleBroken(StoreError):
    """A constraint or a trigger of the database refused what a unit of work wrote."""


class KeyReused(StoreError):
    """An idempotency key was used before, for a different transfer."""


class CodeTaken(StoreError):
    """The code drawn for a new person belongs to somebody already."""


class RowMissing(StoreError, LookupError):
    """A row asked for by its id does not exist."""


def is_fault(error: BaseException) -> bool:
    """Whether the store itself failed, so that the same unit of work may succeed another time, perhaps in another process."""
    return isinstance(error, StoreUnavailable | StoreBusy | StoreLost | StoreDamaged | StoreClosed)


class BackupRefused(StoreError):
    """A backup cannot be made or used; says why and what would be right, and no key."""


class MoveRefused(StoreError):
    """A shop cannot be moved to another database as asked; says why and what would be right."""
