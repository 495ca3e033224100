"""Words everyone shares: errors with a sentence, money, dates, currencies, the SQL engine, where resources lie.

May import nothing of Duebook outside `core`. Add here only what at least two rooms need.
"""
