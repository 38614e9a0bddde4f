"""Journeys through the real program from start to end, and walks over everything that it shows."""
