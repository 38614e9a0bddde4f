"""Reading other systems' client exports (D3): bytes to text, text to a table, table to rows ready to import.

Nothing here touches the database, so the wizard and the command line can show a dry run of any file:
`table.read_table`, `columns.suggest_columns`, `rows.date_columns` (what to ask), `rows.choices_for`,
`rows.read_rows`.
"""
