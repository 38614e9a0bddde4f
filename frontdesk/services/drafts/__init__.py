"""Drafts: what a person is filling in, as frozen dataclasses that know their own problems. No SQLAlchemy."""
