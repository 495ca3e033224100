"""What the operators of a formula do with two values, or with one."""

from __future__ import annotations

from duebook.books.evaluate_values import (
    Failed,
    Scalar,
    added,
    as_number,
    as_text,
    divided,
    finite,
    order,
    power,
    same,
)
from duebook.books.evaluate_view import ExcelError


def unary(operator: str, value: Scalar) -> Scalar:
    number = as_number(value)
    return finite(-number) if operator == "-" else number / 100


def binary(operator: str, left: Scalar, right: Scalar) -> Scalar:
    for value in (left, right):
        if isinstance(value, ExcelError):
            raise Failed(value)
    if operator == "&":
        return as_text(left) + as_text(right)
    if operator in ("=", "<>"):
        return same(left, right) == (operator == "=")
    if operator in ("<", ">", "<=", ">="):
        place = order(left, right)
        return place == 0 if operator in ("<=", ">=") and place == 0 else place == (-1 if operator[0] == "<" else 1)
    a, b = as_number(left), as_number(right)
    if operator in ("+", "-"):
        return added(a, b, 1 if operator == "+" else -1)
    if operator == "*":
        return finite(a * b)
    return divided(a, b) if operator == "/" else power(a, b)
