"""Company numbers: every single slip is caught, python-stdnum agrees, and what cannot be told is not called wrong."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import lei
from stdnum.cn import uscc

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.credit import company_id
from duebook.credit.company_id import company_id_check

REAL = {
    "uscc": ["91350100M000100Y43", "91110000600037341L"],
    "lei": ["HWUPKR0MPOU8FGXBT394", "213800WSGIIZCXF1P572"],
    "cn_organization": ["M000100Y4", "600037341"],
    "vat": [
        "DE136695976",
        "IT00743110157",
        "FR23334175221",
        "GB980780684",
        "BR16.727.230/0001-97",
        "CHE-107.787.577 MWST",
    ],
    "ch_uid": ["CHE-100.155.212"],
    "in_gstin": ["27AAPFU0939F1ZV"],
    "fr_siren": ["552 008 443"],
    "fr_siret": ["73282932000074"],
    "no_orgnr": ["988 077 917"],
    "au_abn": ["83 914 571 673"],
    "br_cnpj": ["16.727.230/0001-97"],
    "jp_corporate": ["5-8356-7825-6246"],
    "tw_business": ["00501503"],
}
TOLD = [name for name, scheme in company_id.SCHEMES.items() if scheme.told_by]


@pytest.mark.parametrize(("scheme", "number"), [(s, n) for s, numbers in REAL.items() for n in numbers])
def test_a_real_number_passes_and_a_slip_in_its_last_character_does_not(scheme: str, number: str) -> None:
    assert set(REAL) == set(company_id.SCHEMES)
    with listening() as said:
        assert company_id_check(number, scheme) is True
    assert said[-1].key == "company_id.passes" and said[-1].facts == {"scheme": company_id.SCHEMES[scheme].title}
    others = [each for each in "0123456789" if each != number[-1]]
    assert sum(company_id_check(number[:-1] + each, scheme) for each in others) == 0
    if scheme in TOLD and not number.startswith("BR"):
        assert company_id_check(number) is True


@given(
    st.sampled_from(["uscc", "lei"]), st.integers(0, 16), st.sampled_from(company_id.USCC_CHARACTERS), st.integers(0, 1)
)
def test_every_single_slip_is_caught(scheme: str, place: int, other: str, which: int) -> None:
    number = REAL[scheme][which]
    # MOD 97-10 reads a letter as two digits, so it promises this for a digit taken for a digit, a letter for a letter
    assume(scheme == "uscc" or other.isdigit() == number[place].isdigit())
    slipped = number[:place] + other + number[place + 1 :]
    assert company_id_check(slipped, scheme) is (slipped == number)


@given(st.text(company_id.USCC_CHARACTERS, min_size=2, max_size=2), st.text("0123456789", min_size=6, max_size=6),
       st.text(company_id.USCC_CHARACTERS, min_size=9, max_size=9))  # fmt: skip
def test_the_social_credit_code_agrees_with_stdnum(kind: str, region: str, organization: str) -> None:
    first17 = kind + region + organization
    assert company_id.uscc_check_character(first17) == uscc.calc_check_digit(first17)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
def test_the_lei_agrees_with_stdnum(first18: str) -> None:
    number = first18 + company_id.lei_check_digits(first18)
    assert lei.is_valid(number) and company_id_check(number, "lei") is True


def test_how_a_number_is_written_does_not_matter() -> None:
    for written in (" 9135 0100 m000 100y43 ", "９１３５０１００Ｍ０００１００Ｙ４３", "91350100-M000100Y4-3"):
        assert company_id_check(written) is True


@pytest.mark.parametrize(
    ("number", "scheme", "says"),
    [
        ("91350100M000100Y4", "uscc", "17 characters instead of 18"),
        ("9135010OM000100Y43", "uscc", "It holds O"),
        ("913501A0M000100Y43", "uscc", "administrative division"),
        ("91350100M000100Y44", "uscc", "ends in 4, but the other characters call for 3"),
        ("91350100M000100Y4中", "uscc", "other than letters and digits"),
        ("HWUPKR0MPOU8FGXBT349", "lei", "call for 94"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(number: str, scheme: str, says: str) -> None:
    with listening() as said:
        assert company_id_check(number, scheme) is False
    assert says in " ".join(note.text() for note in said)
    assert said[-1].key == "company_id.fails"


@pytest.mark.parametrize(
    ("number", "scheme", "code", "says"),
    [
        ("12345", "", "#N/A", "no form that tells its kind"),
        ("136695976", "vat", "#N/A", "no country prefix"),
        ("QQ136695976", "vat", "#N/A", "VAT numbers of QQ"),
        (913501001000100432.0, "", "#VALUE!", "its last digits are lost"),
        (12.5, "", "#VALUE!", "no company number"),
        (True, "", "#VALUE!", "no company number"),
    ],
)
def test_what_cannot_be_told_is_an_error_and_not_false(number: object, scheme: str, code: str, says: str) -> None:
    with pytest.raises(CellError, match=says) as refused:
        company_id_check(number, scheme)
    assert refused.value.code == code


def test_a_short_number_typed_as_a_number_is_read() -> None:
    assert company_id_check(83914571673.0, "au_abn") is True
