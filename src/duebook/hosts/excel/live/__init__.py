"""An open workbook: its named tables and cells, changes that are made whole or not at all and can be undone.

Reading (`tables`): a cell comes as float, str, bool, date (datetime where the time counts), None or `CellError`.

    from duebook.hosts.excel.live import tables

    customers = tables.selected_table(book)               # the table (or block with a header row) that is selected
    exposure = tables.table(book, "exposure")             # by name, anywhere in the book; find_table gives None instead
    exposure.name, exposure.sheet, exposure.row, exposure.column, exposure.headers, exposure.rows
    places = exposure.required(COLUMNS)                   # books.plan.Column → {key: place}; names what is absent
    for record in exposure.records(COLUMNS): ...          # rows as {column key: cell}, headers in English or Chinese
    as_of = tables.named_value(book, "as_of")             # the cell of a defined name
    here = tables.selected_cell(book)                     # Place(sheet, row, column)

Writing (`changes`): nothing is written by other means. Rows and columns count from 1, sheets go by name.

    from duebook.hosts.excel.live.changes import changes, undo

    with changes(book, "score_customers") as change:      # the title is the button's name: undo gives it back
        change.set_cells(found.sheet, found.row + 1, column, [[81.0], [None]], kinds=["count"])
        change.set_formulas("Memo", 4, 2, [["=DSO(B2,C2,90)"]])
        change.set_name("as_of", date(2026, 10, 31))      # the value of a named cell
        sheet = change.sheet("Scores")                    # that sheet, added where there is none; add_sheet: a new one
        area = change.put_table("scores", sheet, ["Customer", "Score"], rows, kinds=["id", "count"], at=(3, 1))
        change.define_name("scores_at", sheet, area)      # area: first row, first column, height, width
        change.set_width(sheet, 1, 18); change.freeze(sheet, 4); change.hide_column(sheet, 3)
        change.paint(sheet, (1, 1, 1, 2), bold=True); change.print_area(sheet, area)
    undo(book)                                            # "score_customers"

    An exception inside the block puts everything back and goes on. Kinds: id (leading zeros stay), text, number,
    money, date, count, days, decimal, rate (0.25 shows 25.0%), flag. Text is always text, whatever it begins with.

Filling (`filling`): a `books.plan.Plan` into an open standard workbook, as the command line fills the file.

    with changes(book, "fill_aging") as change:
        filled = fill_live(book, plan, change)            # filled.slots, filled.absent, filled.unmatched_columns …
"""
