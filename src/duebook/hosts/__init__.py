"""Thin rooms at the edge: the command line and, later, Excel and LibreOffice."""
