"""Duebook as a plugin of xlwings Lite: importing it registers every function and script.

In a workbook made by `duebook addin lite`, `main.py` imports it after `duebook_code.start()`. Installed as a package
(the wheel duebook_lite, named in requirements.txt), it needs nothing before it.
"""

import xlwings

from duebook.hosts.lite.bindings import Session, functions
from duebook.hosts.lite.scripts import scripts

_session = Session()
_made = {**functions(xlwings, _session), **scripts(xlwings, _session)}
globals().update(_made)
__all__ = sorted(_made)
