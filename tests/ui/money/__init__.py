"""Selling, refunds, receipts and the Payments screen, on real books and by the keyboard."""
