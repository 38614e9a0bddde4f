"""Frontdesk: the program at a studio's reception desk."""
