"""What a user installs, and installing it: the Excel add-in from text, xlwings Lite, the LibreOffice extension.

Everything is generated from the catalogue of functions and the declared buttons. Nothing here imports xlwings.
"""
