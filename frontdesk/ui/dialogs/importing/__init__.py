"""The pages of the import wizard, and taking an import back."""
