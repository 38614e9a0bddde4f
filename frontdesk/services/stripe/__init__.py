"""Keeps the books and the studio's Stripe account in step: outbox, pull, and what follows from both."""
