"""Tests of Frontdesk; each is a sentence, and each database in them is a real one."""
