"""Words that the whole double uses."""

from typing import Any

#: An object of Stripe's, or a part of one, as JSON would write it.
Obj = dict[str, Any]
