"""The window and all that is in it. Start with `frontdesk.ui.context`, the guide for authors of screens."""
