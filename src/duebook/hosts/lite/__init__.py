"""Duebook in xlwings Lite: functions and scripts for Excel on Windows, Mac and the web, in the browser's Python.

Pure Python throughout, and no module here imports xlwings: the plugin `addin/lite/duebook_lite.py` hands it in.
`hosts/addin/lite_wheel` packs this room with what it needs; `hosts/addin/lite` puts it into a workbook.
"""
