"""Which codes are nobody's, without asking the database each time."""

from __future__ import annotations

from collections import OrderedDict

from bot.core.links import has_check
from bot.core.spoken.own_codes import is_own, parse_own
from bot.services.visiting import Holder, find_holder
from storage.store import Store
from storage.tables import code_keys
from storage.tables.code_keys import CodeKey

MOST_UNKNOWN = 10_000
"""Half a megabyte."""

_NOBODY = Holder(host=None, taken=False)


class KnownCodes:
    """Asks the store only for codes that somebody can have: most guesses have the wrong last character.

    A drawn code that nobody had a moment ago stays nobody's: new ones hit one of 10,000 once in 8e13. One that may be
    of somebody's own choice is asked for each time: somebody may choose it now.
    """

    def __init__(self, store: Store, *, most_unknown: int = MOST_UNKNOWN) -> None:
        self._store = store
        self._most = most_unknown
        self._key: CodeKey | None = None
        self._unknown: OrderedDict[str, None] = OrderedDict()
        self.times_asked = 0

    async def find_holder(self, code: str) -> Holder:
        """Who has a code.

        Raises:
            StoreError: the database does not answer.
        """
        if code in self._unknown or not self._can_exist(await self._fetch_key(), code):
            return _NOBODY
        self.times_asked += 1
        holder = await self._store.read(find_holder, code=code)
        if not holder.taken and not _may_be_own(code):
            self._remember(code)
        return holder

    def _can_exist(self, key: CodeKey, code: str) -> bool:
        return has_check(code, key.key) or key.unchecked_upto > 0 or _may_be_own(code)

    async def _fetch_key(self) -> CodeKey:
        if self._key is None:
            self._key = await self._store.read(code_keys.get)
        return self._key

    def _remember(self, code: str) -> None:
        self._unknown[code] = None
        if len(self._unknown) > self._most:
            self._unknown.popitem(last=False)


def _may_be_own(code: str) -> bool:
    """Chosen codes are kept in small letters, which drawn ones hardly ever have alone."""
    return code == parse_own(code) and is_own(code)
