"""Chores for those who work on Frontdesk; not part of the program."""
