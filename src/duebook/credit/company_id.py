"""Company numbers by their check digits: form only, not existence.

The unified social credit code (GB 32100-2015), the organization code inside it (GB 11714) and the LEI (ISO 17442, check
digits by ISO 7064 MOD 97-10) are computed here. VAT and other national numbers go through python-stdnum, which is
loaded only when such a number is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from duebook.core.arguments import Text, Value, shown
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import exact
from duebook.core.notes import note

USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100: no I, O, S, V, Z."""
ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LOST_DIGITS = 10**15
"""A spreadsheet keeps 15 digits of a number, so a longer one typed as a number has lost its last."""
EUROPE = "AT|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI"
"""Prefixes by which a European VAT number is told without being named. With scheme `vat` others are read too."""


@dataclass(frozen=True)
class Scheme:
    """A kind of number. `passes` notes why a number fails; `told_by` is the form by which it is recognized."""

    title: Label
    passes: Callable[[str], bool]
    told_by: str | None = None


def uscc_check_character(first17: str) -> str:
    """GB 32100: weights are the powers of 3, the sum completes to a multiple of 31."""
    total = sum(USCC_CHARACTERS.index(each) * pow(3, place, 31) for place, each in enumerate(first17))
    return USCC_CHARACTERS[-total % 31]


def _uscc(number: str) -> bool:
    if not _has_length(number, 18):
        return False
    foreign = sorted(set(number) - set(USCC_CHARACTERS))
    if foreign:
        note("company_id.foreign_characters", found=", ".join(foreign))
        return False
    if not number[2:8].isdigit():
        note("company_id.region_not_digits", found=number[2:8])
        return False
    return _check_is(number[17:], uscc_check_character(number[:17]))


def organization_check_character(first8: str) -> str:
    """GB 11714: 11 less the weighted sum modulo 11; 10 is written X and 11 as 0. Letters count from A = 10."""
    total = sum(int(each, 36) * weight for each, weight in zip(first8, ORGANIZATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def _organization(number: str) -> bool:
    return _has_length(number, 9) and _check_is(number[8:], organization_check_character(number[:8]))


def lei_check_digits(first18: str) -> str:
    """ISO 7064 MOD 97-10: letters become 10 to 35, and the whole number leaves 1 on division by 97."""
    return f"{98 - int(_letters_as_numbers(first18) + '00') % 97:02d}"


def _letters_as_numbers(text: str) -> str:
    return "".join(str(int(each, 36)) for each in text)


def _lei(number: str) -> bool:
    return _has_length(number, 20) and _check_is(number[18:], lei_check_digits(number[:18]))


def _has_length(number: str, length: int) -> bool:
    if len(number) != length:
        note("company_id.length", found=len(number), expected=length)
    return len(number) == length


def _check_is(found: str, expected: str) -> bool:
    if found != expected:
        note("company_id.check_differs", found=found, expected=expected)
    return found == expected


def _national(country: str, kind: str) -> Any:
    """python-stdnum's module for a country's kind of number, or None where it knows none."""
    try:
        from stdnum import get_cc_module
    except ImportError:
        raise CellError("#N/A", "company_id.library_missing") from None
    return get_cc_module(country, kind)


def _vat(number: str) -> bool:
    prefix = number[:2]
    if not prefix.isalpha():
        raise CellError("#N/A", "company_id.country_missing", value=shown(number))
    country = _national({"EL": "gr", "XI": "gb"}.get(prefix, prefix.lower()), "vat")
    if country is None:
        raise CellError("#N/A", "company_id.country_unknown", country=prefix)
    # people write the number with its prefix or without, and the countries' modules differ in which they take
    return bool(country.is_valid(number[2:]) or country.is_valid(number))


def _by_stdnum(country: str, kind: str) -> Callable[[str], bool]:
    return lambda number: bool(_national(country, kind).is_valid(number))


SCHEMES: Mapping[str, Scheme] = {
    "uscc": Scheme(
        Label("unified social credit code (GB 32100)", "统一社会信用代码（GB 32100）"),
        _uscc,
        r"[0-9A-Z]{18}",
    ),
    "cn_organization": Scheme(Label("organization code (GB 11714)", "组织机构代码（GB 11714）"), _organization),
    "lei": Scheme(Label("LEI (ISO 17442)", "法人机构识别编码 LEI（ISO 17442）"), _lei, r"[0-9A-Z]{20}"),
    "ch_uid": Scheme(Label("Swiss UID", "瑞士企业识别号 UID"), _by_stdnum("ch", "uid"), r"CHE[0-9]{9}"),
    "vat": Scheme(Label("VAT number", "增值税号（VAT）"), _vat, f"({EUROPE})[0-9A-Z]{{5,14}}"),
    "in_gstin": Scheme(
        Label("Indian GSTIN", "印度 GSTIN"), _by_stdnum("in", "gstin"), r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}"
    ),
    "fr_siren": Scheme(Label("French SIREN", "法国 SIREN"), _by_stdnum("fr", "siren")),
    "fr_siret": Scheme(Label("French SIRET", "法国 SIRET"), _by_stdnum("fr", "siret")),
    "no_orgnr": Scheme(Label("Norwegian organization number", "挪威组织号"), _by_stdnum("no", "orgnr")),
    "au_abn": Scheme(Label("Australian ABN", "澳大利亚 ABN"), _by_stdnum("au", "abn")),
    "br_cnpj": Scheme(Label("Brazilian CNPJ", "巴西 CNPJ"), _by_stdnum("br", "cnpj")),
    "jp_corporate": Scheme(Label("Japanese corporate number", "日本法人编号"), _by_stdnum("jp", "cn")),
    "tw_business": Scheme(Label("Taiwan unified business number", "台湾统一编号"), _by_stdnum("tw", "ubn")),
}


@worksheet(
    "COMPANY_ID_CHECK",
    group="credit",
    help="Whether a company number is well formed by its check digit: form only, not existence. WHY names the scheme.",
    zh="按校验码检查企业编号是否规范：只验形式，不验是否存在。WHY 显示所用编号种类。",
    result=Result("flag"),
    source="GB 32100-2015; GB 11714; ISO 17442 with ISO 7064 MOD 97-10; python-stdnum for VAT and national numbers",
    examples=[
        Example(("91350100M000100Y43",), True),
        Example(("91350100M000100Y44",), False),
        Example(("DE136695976", "vat"), True),
        Example(("12345",), "#N/A"),
    ],
    conventions=[
        Label(
            "TRUE says that nothing was mistyped; that the company exists and is alive is for the register to say.",
            "TRUE 只说明没有录错；企业是否存在、是否存续须查登记机关。",
        ),
        Label(
            "Without a scheme a unified social credit code, LEI, European VAT number, Swiss UID or Indian GSTIN is "
            "told by its form; other numbers need their scheme.",
            "不填种类时按形式识别统一社会信用代码、LEI、欧洲增值税号、瑞士 UID 和印度 GSTIN；其他编号须注明种类。",
        ),
        Label(
            "Spaces, hyphens, dots and full-width characters do not matter.", "空格、连字符、点号及全角字符不影响结果。"
        ),
    ],
    errors={
        "company_id.unknown_form": "#N/A",
        "company_id.country_missing": "#N/A",
        "company_id.country_unknown": "#N/A",
        "company_id.library_missing": "#N/A",
        "company_id.digits_lost": "#VALUE!",
        "company_id.no_number": "#VALUE!",
    },
)
def company_id_check(
    id: Annotated[
        object,
        Value(
            "The number, as text: long numbers lose their last digits in a number cell.",
            "企业编号，须为文本：长数字存为数值会丢失末位。",
            unit="text",
        ),
    ],
    scheme: Annotated[
        str,
        Text(
            "Kind of number: uscc, cn_organization, lei, vat, ch_uid, in_gstin, fr_siren, fr_siret, no_orgnr, au_abn, "
            "br_cnpj, jp_corporate, tw_business. Blank: told by its form.",
            "编号种类：uscc（统一社会信用代码）、cn_organization、lei、vat、ch_uid、in_gstin、fr_siren、fr_siret、no_orgnr、"
            "au_abn、br_cnpj、jp_corporate、tw_business；留空按形式识别。",
            choices=tuple(SCHEMES),
        ),
    ] = "",
) -> bool:
    """TRUE where the check digit holds. CellError (#N/A) where the kind of number cannot be told or is not known."""
    number = _written(id)
    scheme = scheme or _told_by_form(number)
    well_formed = bool(re.fullmatch("[0-9A-Z]+", number))
    if not well_formed:
        note("company_id.odd_characters")
    passes = well_formed and SCHEMES[scheme].passes(number)
    note("company_id.passes" if passes else "company_id.fails", scheme=SCHEMES[scheme].title)
    return passes


def _written(id: object) -> str:
    """The number as capital letters and digits, without what people put between them."""
    if isinstance(id, (bool, date)):
        raise CellError("#VALUE!", "company_id.no_number", value=shown(id))
    if not isinstance(id, str):
        value = float(id)  # type: ignore[arg-type]  # Value gives a flag, a date, a text or a number
        if value < 0 or not value.is_integer():
            raise CellError("#VALUE!", "company_id.no_number", value=shown(value))
        if value >= LOST_DIGITS:
            raise CellError("#VALUE!", "company_id.digits_lost", value=f"{exact(value):f}")
        return str(int(value))
    return re.sub(r"[\s.,\-‐–—·/]", "", unicodedata.normalize("NFKC", id)).upper()


def _told_by_form(number: str) -> str:
    for name, scheme in SCHEMES.items():
        if scheme.told_by and re.fullmatch(scheme.told_by, number):
            return name
    raise CellError("#N/A", "company_id.unknown_form", value=shown(number), known=", ".join(SCHEMES))
