"""The kit that screens and dialogs are made of: texts, buttons, fields, lists, each in one look."""
