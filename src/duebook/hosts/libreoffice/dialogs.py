"""What the extension shows: a sentence in a box, and the list of functions with their help.

Calc's own function wizard knows no Basic functions, and what it does know hands over 0 for a blank cell; so the list
of functions with what each argument means stands here, and writes the formula into the selected cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import uno  # type: ignore[import-not-found]  # LibreOffice's own, without types
import unohelper  # type: ignore[import-not-found]
from com.sun.star.awt import XActionListener, XItemListener  # type: ignore[import-not-found]

from duebook.core.declare import GROUPS, Declaration
from duebook.core.messages import text
from duebook.hosts import catalogue

_WIDTH, _HEIGHT, _EDGE, _LIST = 330, 230, 6, 110
_LINE = 14
_PLACE_ONLY = 3  # com.sun.star.awt.PosSize.POS


def show(context: Any, sentence: str) -> None:
    """A sentence in a box with one button."""
    frame = _created(context, "com.sun.star.frame.Desktop").CurrentFrame
    kind = uno.Enum("com.sun.star.awt.MessageBoxType", "INFOBOX")
    toolkit = _created(context, "com.sun.star.awt.Toolkit")
    toolkit.createMessageBox(frame.ContainerWindow, kind, 1, "Duebook", sentence).execute()


def named_value(name: str, value: object) -> Any:
    found = uno.createUnoStruct("com.sun.star.beans.NamedValue")
    found.Name, found.Value = name, value
    return found


def chosen_function(context: Any, language: str, shown_first: str | None = None) -> str | None:
    """The formula of the function that the user picks from the list; None where the list is closed."""
    dialog = FunctionList(context, language, shown_first)
    try:
        return dialog.formula if dialog.run() else None
    finally:
        dialog.dispose()


def described(declaration: Declaration, language: str) -> str:
    """A function's help as the list shows it: how it is written, what it does, what each argument means."""
    chinese = language == "zh"
    optional = {p.name for p in declaration.parameters if not p.required} | {"headers"}
    parts = [f"={declaration.syntax.replace(', ', '; ')}", declaration.zh if chinese else declaration.help]
    if equation := declaration.equation_zh if chinese else declaration.equation:
        parts.append(equation)
    for name, help_ in declaration.argument_help:
        note = text("extension.optional", language) if name in optional else ""
        parts.append(text("extension.argument", language, name=name, note=note, help=help_))
    if declaration.shape == "table":
        parts.append(text("extension.table", language))
    return "\n\n".join(parts)


def formula_of(declaration: Declaration) -> str:
    """The formula to complete: the names of its required arguments show what goes where."""
    return f"={declaration.name}({';'.join(p.name for p in declaration.parameters if p.required)})"


class FunctionList(unohelper.Base, XItemListener, XActionListener):  # type: ignore[misc]
    """The dialog: groups above, functions on the left, help on the right."""

    def __init__(self, context: Any, language: str, shown_first: str | None = None) -> None:
        self._language = language
        self._functions = list(catalogue.functions().values())
        self._shown: Sequence[Declaration] = ()
        self.formula: str | None = None
        self._dialog = _created(context, "com.sun.star.awt.UnoControlDialog")
        self._dialog.setModel(self._model(context))
        self._groups = self._dialog.getControl("groups")
        self._names = self._dialog.getControl("names")
        self._groups.addItemListener(self)
        self._names.addItemListener(self)
        self._names.addActionListener(self)
        self._dialog.getControl("insert").addActionListener(self)
        frame = _created(context, "com.sun.star.frame.Desktop").CurrentFrame
        parent = frame.ContainerWindow if frame is not None else None
        self._dialog.createPeer(_created(context, "com.sun.star.awt.Toolkit"), parent)
        if parent is not None:
            around, own = parent.PosSize, self._dialog.PosSize
            left, top = (around.Width - own.Width) // 2, (around.Height - own.Height) // 2
            self._dialog.setPosSize(max(left, 0), max(top, 0), 0, 0, _PLACE_ONLY)
        self.pick_group(0)
        names = [declaration.name for declaration in self._functions]
        if shown_first is not None:
            self.pick_function(names.index(shown_first))

    def run(self) -> bool:
        """Shows the dialog until it is closed; whether a function was taken."""
        self._dialog.execute()
        return self.formula is not None

    def dispose(self) -> None:
        self._dialog.dispose()

    # --- what the user does ---------------------------------------------------------------------------------------

    def pick_group(self, place: int) -> None:
        """Lists the functions of a group; the first entry is all of them."""
        group = None if place == 0 else list(GROUPS)[place - 1]
        self._shown = [d for d in self._functions if group in (None, d.group)]
        self._groups.selectItemPos(place, True)
        self._names.Model.StringItemList = tuple(d.name for d in self._shown)
        self.pick_function(0)

    def pick_function(self, place: int) -> None:
        self._names.selectItemPos(place, True)
        self._dialog.getControl("help").Text = described(self._shown[place], self._language)

    def take(self) -> None:
        """The function that is picked is the one."""
        self.formula = formula_of(self._shown[max(self._names.SelectedItemPos, 0)])
        self._dialog.endExecute()

    def itemStateChanged(self, event: Any) -> None:
        if event.Source == self._groups:
            self.pick_group(max(self._groups.SelectedItemPos, 0))
        else:
            self.pick_function(max(self._names.SelectedItemPos, 0))

    def actionPerformed(self, event: Any) -> None:
        self.take()

    def disposing(self, event: Any) -> None:
        pass

    # --- how it looks ---------------------------------------------------------------------------------------------

    def _model(self, context: Any) -> Any:
        model = _created(context, "com.sun.star.awt.UnoControlDialogModel")
        model.Title = text("extension.functions", self._language)
        model.Width, model.Height = _WIDTH, _HEIGHT
        top = _EDGE + _LINE + _EDGE
        tall = _HEIGHT - top - _LINE - 2 * _EDGE
        groups = (text("extension.all_groups", self._language), *(g.text(self._language) for g in GROUPS.values()))
        _add(model, "ListBox", "groups", (_EDGE, _EDGE, _LIST, _LINE), Dropdown=True, StringItemList=groups)
        _add(model, "ListBox", "names", (_EDGE, top, _LIST, tall))
        place = (_LIST + 2 * _EDGE, _EDGE, _WIDTH - _LIST - 3 * _EDGE, top - _EDGE + tall)
        _add(model, "Edit", "help", place, MultiLine=True, ReadOnly=True, VScroll=True)
        below = _HEIGHT - _EDGE - _LINE
        for place_, name, kind in ((2, "insert", 0), (1, "close", 2)):
            left = _WIDTH - place_ * (60 + _EDGE)
            label = text(f"extension.{name}", self._language)
            _add(model, "Button", name, (left, below, 60, _LINE), Label=label, PushButtonType=kind)
        return model


def _add(model: Any, kind: str, name: str, place: tuple[int, int, int, int], **properties: object) -> None:
    control = model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
    control.PositionX, control.PositionY, control.Width, control.Height = place
    for key, value in properties.items():
        setattr(control, key, value)
    model.insertByName(name, control)


def _created(context: Any, name: str) -> Any:
    return context.ServiceManager.createInstanceWithContext(name, context)
