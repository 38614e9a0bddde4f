"""The dialogs that commit something, one module each."""
