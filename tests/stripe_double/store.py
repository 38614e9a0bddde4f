"""Collections of objects: newest first, by key, with indexes, and with their JSON kept ready."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from tests.stripe_double.types import Obj

_TIES = 1 << 32


def dumps(value: Any) -> bytes:
    """JSON as the double writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Source(Protocol):
    """Years of objects that are only written out when somebody asks for them."""

    def text(self, kind: str, object_id: str) -> bytes: ...

    def peek(self, kind: str, object_id: str) -> Obj: ...

    def candidates(self, kind: str, field: str, value: str) -> list[str]: ...

    def line_items(self, session_id: str) -> list[Obj]: ...


class Collection:
    """All objects of one kind in one account and mode. Objects are changed through `update` only."""

    def __init__(self, kind: str, indexed: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.source: Source | None = None
        self._indexed = indexed
        self._live: dict[str, Obj] = {}
        self._loaded: dict[str, Obj] = {}
        self._ids: list[str] = []
        self._keys: list[int] = []
        self._key_of: dict[str, int] = {}
        self._texts: dict[str, bytes] = {}
        self._index: dict[tuple[str, Any], dict[str, None]] = {}
        self._indexed_as: dict[str, list[tuple[str, Any]]] = {}
        self._sequence = _TIES // 2
        self.gone: dict[str, Obj] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, object_id: str) -> bool:
        return object_id in self._key_of

    def __iter__(self) -> Iterator[Obj]:
        """Every object, oldest first."""
        return (self.get(object_id) for object_id in list(self._ids))

    @property
    def live(self) -> Iterator[Obj]:
        """Objects that are not part of the bulk history, in the order of their making."""
        return iter(list(self._live.values()))

    def add(self, obj: Obj, rank: int | None = None, created: int | None = None) -> Obj:
        """Takes an object in; `rank` decides its place among those of the same second.

        `created` is for objects that Stripe shows without one.
        """
        self._sequence += 1
        key = (obj["created"] if created is None else created) * _TIES + (
            self._sequence if rank is None else rank
        )
        place = bisect_right(self._keys, key)
        self._keys.insert(place, key)
        self._ids.insert(place, obj["id"])
        self._key_of[obj["id"]] = key
        self._live[obj["id"]] = obj
        self._reindex(obj)
        return obj

    def add_history(self, source: Source, entries: list[tuple[int, str]]) -> None:
        """Takes in ids (with the second of each) whose objects `source` writes."""
        self.source = source
        merged = list(zip(self._keys, self._ids, strict=True))
        merged += [(second * _TIES + number, name) for number, (second, name) in enumerate(entries)]
        merged.sort()
        self._keys = [key for key, _ in merged]
        self._ids = [name for _, name in merged]
        self._key_of = dict(zip(self._ids, self._keys, strict=True))

    def get(self, object_id: str) -> Obj:
        """The object, to be read only. KeyError when there is none."""
        obj = self._live.get(object_id)
        if obj is None:
            if object_id not in self._key_of or self.source is None:
                raise KeyError(object_id)
            obj = self._from_source(object_id, self.source)
        return obj

    def _from_source(self, object_id: str, source: Source) -> Obj:
        """Whoever reads an object and changes it afterwards has to see one and the same object."""
        obj = self._loaded.get(object_id)
        if obj is None:
            if len(self._loaded) > 500:
                self._loaded.clear()
            obj = self._loaded[object_id] = json.loads(source.text(self.kind, object_id))
        return obj

    def update(self, object_id: str, **changes: Any) -> Obj:
        """Changes fields and returns the object; it is the one way to change anything."""
        obj = self.get(object_id)
        obj.update(changes)
        self._live[object_id] = obj
        self._loaded.pop(object_id, None)
        self._texts.pop(object_id, None)
        self._reindex(obj)
        return obj

    def remove(self, object_id: str, marker: Obj) -> None:
        """Deletes an object; `marker` is what Stripe shows in its place."""
        place = bisect_left(self._keys, self._key_of.pop(object_id))
        del self._keys[place], self._ids[place]
        self._live.pop(object_id, None)
        self._texts.pop(object_id, None)
        for entry in self._indexed_as.pop(object_id, []):
            del self._index[entry][object_id]
        self.gone[object_id] = marker

    def text(self, object_id: str) -> bytes:
        """The object's JSON."""
        if object_id not in self._live and self.source is not None:
            return self.source.text(self.kind, object_id)
        text = self._texts.get(object_id)
        if text is None:
            text = self._texts[object_id] = dumps(self._live[object_id])
        return text

    @property
    def names(self) -> list[str]:
        """All ids, oldest first."""
        return list(self._ids)

    def window(self, since: int, until: int) -> list[str]:
        """Ids made between two seconds, both inclusive, oldest first."""
        low, high = bisect_left(self._keys, since * _TIES), bisect_left(self._keys, (until + 1) * _TIES)
        return self._ids[low:high]

    def is_bulk(self, object_id: str) -> bool:
        """Whether the object still is as the history made it."""
        return object_id not in self._live

    def peek(self, object_id: str) -> Obj:
        """Enough of the object to filter by."""
        if object_id not in self._live and self.source is not None:
            return self.source.peek(self.kind, object_id)
        return self._live[object_id]

    def with_value(self, field: str, value: str) -> list[str]:
        """Ids by an indexed field, oldest first."""
        found = set(self._index.get((field, value), {}))
        if self.source is not None:
            bulk = self.source.candidates(self.kind, field, value)
            found.update(name for name in bulk if name in self._key_of and name not in self._live)
        return sorted(found, key=lambda name: self._key_of[name])

    def is_indexed(self, field: str) -> bool:
        """Whether `with_value` knows the field."""
        return field in self._indexed

    def page(
        self,
        limit: int,
        after: str | None = None,
        before: str | None = None,
        since: int | None = None,
        until: int | None = None,
        among: list[str] | None = None,
        accepts: Callable[[str], bool] | None = None,
    ) -> tuple[list[str], bool]:
        """Ids newest first, and whether there are more; `since` and `until` are seconds, both inclusive."""
        keys = self._keys if among is None else [self._key_of[name] for name in among]
        ids = self._ids if among is None else among
        low = 0 if since is None else bisect_left(keys, since * _TIES)
        high = len(keys) if until is None else bisect_left(keys, (until + 1) * _TIES)
        if after is not None:
            high = min(high, bisect_left(keys, self._key_of[after]))
        if before is not None:
            low = max(low, bisect_right(keys, self._key_of[before]))
        places = range(low, high) if before is not None else range(high - 1, low - 1, -1)
        found: list[str] = []
        for place in places:
            if accepts is None or accepts(ids[place]):
                found.append(ids[place])
                if len(found) > limit:
                    break
        has_more = len(found) > limit
        found = found[:limit]
        return (found[::-1] if before is not None else found), has_more

    def _reindex(self, obj: Obj) -> None:
        entries = [(field, obj.get(field)) for field in self._indexed]
        before = self._indexed_as.get(obj["id"], [])
        if entries == before:
            return
        for entry in before:
            self._index[entry].pop(obj["id"], None)
        for entry in entries:
            self._index.setdefault(entry, {})[obj["id"]] = None
        self._indexed_as[obj["id"]] = entries
