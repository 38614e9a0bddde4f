"""What use cases and queries answer with: frozen dataclasses of plain data.

What the first window needs stands in modules of its own, mostly as named tuples: such a class is made in a
tenth of the time that a frozen dataclass takes, and what comes before the first frame is waited for.
"""
