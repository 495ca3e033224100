"""The list of slots that users build their own workbooks from."""

from __future__ import annotations

from tools import slots_page

from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES
from duebook.close.slots_audit import AUDIT_TABLES
from duebook.core.messages import EDITIONS


def test_the_page_is_up_to_date() -> None:
    assert slots_page.PAGE.read_text("utf-8") == slots_page.page(), "run: python tools/slots_page.py"


def test_headers_are_told_apart_in_each_table() -> None:
    for table in (*AGING_TABLES, *EXPOSURE_TABLES, *AUDIT_TABLES):
        for language in EDITIONS:
            labels = [field.label(language) for field in table.fields]
            assert len(labels) == len(set(labels)), (table.name, language)
