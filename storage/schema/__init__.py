"""The tables, a file for each capability that has some. Constraints carry the rules; see docs/architecture.md for how the rows flow.

All ids are 64-bit. Times are UTC microseconds (`_at`). No ON DELETE CASCADE, nothing deferred. A table is imported from
its own file, so that a start makes those alone that it asks; `storage.schema.everything` has all of them, and indexes
over a part of a table are in `storage.schema.complete`.
"""
