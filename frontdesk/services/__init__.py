"""Use cases, queries, drafts and views: what the desk can do, as plain functions on plain data."""
