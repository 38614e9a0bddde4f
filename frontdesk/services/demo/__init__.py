"""The demo studio: a small one full of invented people, made by the real use cases (look around)."""
