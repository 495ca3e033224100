"""Tells setuptools what pyproject.toml cannot: the workbooks and the add-in lie beside src and go into the wheel."""

from setuptools import find_packages, setup

ADDIN = [
    "duebook.xlam",
    "duebook.intellisense.xml",
    "vba/*",
    "ribbon/*",
    "ribbon/icons/*",
    "lite/*",
    "libreoffice/*",
]

setup(
    packages=[*find_packages("src"), "duebook.xlsx_templates", "duebook.addin"],
    package_dir={"": "src", "duebook.xlsx_templates": "xlsx_templates", "duebook.addin": "addin"},
    package_data={
        "": ["*.toml", "*.sql", "py.typed", "**/*.toml", "**/*.sql"],
        "duebook": ["constraints.txt"],
        "duebook.xlsx_templates": ["*.xlsx"],
        "duebook.addin": ADDIN,
    },
)
