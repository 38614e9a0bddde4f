"""Frontdesk: the desktop program at a studio's reception desk."""

__version__ = "0.1.0"
