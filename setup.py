"""Tells setuptools what pyproject.toml cannot: the standard workbooks lie beside src and go into the wheel."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages("src"), "duebook.xlsx_templates"],
    package_dir={"": "src", "duebook.xlsx_templates": "xlsx_templates"},
    package_data={"": ["*.toml", "*.sql", "py.typed", "**/*.toml", "**/*.sql"], "duebook.xlsx_templates": ["*.xlsx"]},
)
