"""Ledgers (台账): tables that branches keep in Excel, read into typed rows and written back.

The way of a file: `workbook` (cells) → `table` (heads and lines) → `lines` (typed rows, by means of
`columns`, `cells` and `organizations`). Nothing up to there touches the database.
"""
