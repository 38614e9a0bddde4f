"""How texts are compared, for the ui, which knows services but not models."""

from frontdesk.models.text import fold, looks_like_card_number

__all__ = ["fold", "looks_like_card_number"]
