"""Invented companies: names that sound right in their country and belong to nobody we know of."""

from __future__ import annotations

from dataclasses import dataclass

from duebook.sample.chance import Chance


@dataclass(frozen=True)
class Company:
    """`name` as the company writes itself; `english` for the reader who needs it (equal to `name` abroad)."""

    name: str
    english: str
    country: str


# Character and its reading; two of them make a trade name such as 澜峤 (Lanqiao).
_FIRST = (
    ("澜", "Lan"),
    ("霁", "Ji"),
    ("朔", "Shuo"),
    ("翎", "Ling"),
    ("珩", "Heng"),
    ("砚", "Yan"),
    ("沐", "Mu"),
    ("昀", "Yun"),
    ("芃", "Peng"),
    ("屹", "Yi"),
    ("骁", "Xiao"),
    ("苕", "Tiao"),
    ("琛", "Chen"),
    ("桉", "An"),
    ("泓", "Hong"),
    ("彧", "Yu"),
    ("筠", "Jun"),
    ("祺", "Qi"),
)
_SECOND = (
    ("峤", "qiao"),
    ("畴", "chou"),
    ("岑", "cen"),
    ("舸", "ge"),
    ("禾", "he"),
    ("铎", "duo"),
    ("陌", "mo"),
    ("渡", "du"),
    ("汀", "ting"),
    ("衡", "heng"),
    ("岫", "xiu"),
    ("野", "ye"),
    ("榕", "rong"),
    ("砺", "li"),
)
_CITIES = (
    ("宁波", "Ningbo"),
    ("苏州", "Suzhou"),
    ("东莞", "Dongguan"),
    ("青岛", "Qingdao"),
    ("厦门", "Xiamen"),
    ("无锡", "Wuxi"),
    ("佛山", "Foshan"),
    ("天津", "Tianjin"),
    ("合肥", "Hefei"),
    ("长沙", "Changsha"),
    ("温州", "Wenzhou"),
    ("烟台", "Yantai"),
)
_TRADES = (
    ("机电设备", "Machinery"),
    ("精密工具", "Precision Tools"),
    ("进出口", "Import & Export"),
    ("五金制品", "Hardware"),
    ("自动化科技", "Automation"),
    ("新材料", "New Materials"),
    ("电气", "Electric"),
    ("包装科技", "Packaging"),
)
# Abroad: openings and endings that join into one word, then the trade and the legal form of the country.
_ABROAD = {
    "DE": (
        ("Brück", "Holl", "Ahren", "Wesen", "Stein", "Ulmen", "Eller", "Tann"),
        ("wald", "feld", "hagen", "moor", "tal", "burger"),
        ("Antriebstechnik", "Werkzeugbau", "Fördertechnik", "Armaturen"),
        "GmbH",
    ),
    "FR": (
        ("Mor", "Vald", "Cler", "Bress", "Lign", "Tour", "Sav", "Aub"),
        ("elle", "ière", "ignac", "ancourt", "oise"),
        ("Outillage", "Mécanique", "Emballages"),
        "SARL",
    ),
    "US": (
        ("Harrow", "Tess", "Cedar", "Pine", "Ash", "Fallow", "Quill", "Stone"),
        ("fen", "mark", "brook", "ridge", "ton", "gate"),
        ("Industrial Supply", "Tool", "Fasteners", "Controls"),
        "LLC",
    ),
    "GB": (
        ("Wether", "Elms", "Copse", "Marl", "Thorn", "Hazel", "Loft", "Rye"),
        ("combe", "worth", "leigh", "stead", "holt"),
        ("Engineering", "Tools", "Packaging"),
        "Ltd",
    ),
    "VN": (
        ("Thanh", "Minh", "Hoang", "Phuc", "Tan", "Dai"),
        (" Lam", " Khang", " Vinh", " Long", " An"),
        ("Trading", "Mechanical", "Hardware"),
        "Co., Ltd.",
    ),
    "JP": (
        ("Kita", "Oku", "Hino", "Tori", "Asa", "Midori"),
        ("mizawa", "sawano", "hama", "gaoka", "numa"),
        ("Seiki", "Shoji", "Kogyo"),
        "K.K.",
    ),
}


def companies(chance: Chance, countries: list[str]) -> list[Company]:
    """One company per entry of `countries` (ISO codes), no two with one trade name."""
    pairs = [(a, b) for a in _FIRST for b in _SECOND]
    chinese = chance.mixed(pairs)
    words = {
        code: chance.mixed([a + b for a in first for b in second]) for code, (first, second, *_) in _ABROAD.items()
    }
    return [
        _chinese(chance, *chinese.pop()) if code == "CN" else _abroad(chance, code, words[code].pop())
        for code in countries
    ]


def _chinese(chance: Chance, first: tuple[str, str], second: tuple[str, str]) -> Company:
    city, trade = chance.pick(_CITIES), chance.pick(_TRADES)
    name = f"{city[0]}{first[0]}{second[0]}{trade[0]}有限公司"
    return Company(name, f"{city[1]} {first[1]}{second[1]} {trade[1]} Co., Ltd.", "CN")


def _abroad(chance: Chance, country: str, word: str) -> Company:
    *_, trades, form = _ABROAD[country]
    name = f"{word} {chance.pick(trades)} {form}"
    return Company(name, name, country)
