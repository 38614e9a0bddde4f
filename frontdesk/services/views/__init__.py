"""What use cases and queries answer with: frozen dataclasses of plain data."""
