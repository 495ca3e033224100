"""Payment plans: installments to the cent, what was paid of them, re-spreading, what a plan costs, business days.

May import `core` and `policy`, no other room. To add a function, declare it in the module of its subject (or a new
one) and give it a case in `tests/cases/functions/plans.toml`.
"""
