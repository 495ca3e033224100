"""The service in the office that answers the Basic functions: `execute` hands a call to the door and its result back.

Needs LibreOffice's Python bridge. `Factory` is what a host registers with the office's service manager: through a
socket, or as a Python component of an extension. Nothing raised here reaches Basic: a cell shows an error instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import unohelper  # type: ignore[import-not-found]  # LibreOffice's own, without types
from com.sun.star.lang import XServiceInfo, XSingleComponentFactory  # type: ignore[import-not-found]
from com.sun.star.task import XJob  # type: ignore[import-not-found]

from duebook.core.arguments import Cells, Day, PolicyChoice
from duebook.core.cells import CellError
from duebook.core.declare import Declaration, Spill
from duebook.hosts.call import Door
from duebook.hosts.libreoffice import cells
from duebook.hosts.libreoffice.given import Given
from duebook.hosts.libreoffice.left_out import Gaps
from duebook.hosts.libreoffice.nested import Nesting
from duebook.hosts.libreoffice.reasons import why
from duebook.hosts.libreoffice.sheets import BuiltIn, Document, loading, open_documents
from duebook.hosts.libreoffice.shims import SERVICE


def tells_days(declaration: Declaration | None) -> bool:
    """Whether a function reads or gives days, or cells of any kind: the others need not know how days are counted."""
    if declaration is None:
        return False
    kinds = [getattr(parameter.kind, "of", parameter.kind) for parameter in declaration.parameters]
    result = declaration.result
    columns = result.columns if isinstance(result, Spill) else (result,)
    return any(isinstance(kind, (Day, Cells, PolicyChoice)) for kind in kinds) or any(
        column.unit in ("date", "value") for column in columns
    )


class Functions(unohelper.Base, XJob, XServiceInfo):  # type: ignore[misc]
    """Answers `execute(NamedValue(name, arguments))`."""

    def __init__(self, host: Factory) -> None:
        self._host = host

    def execute(self, call: Any) -> Any:
        try:
            host = self._host
            name, given = call[0].Name, Given(call[0].Value or ())
            host.calls += 1
            with host.nesting.call(name, given.cells):
                return self._answer(name, given)
        except CellError as error:
            return cells.error_value(error.code)
        except Exception:
            return cells.error_value("#VALUE!")

    def _answer(self, name: str, given: Given) -> Any:
        host = self._host
        if name == "WHY":
            sentence = why(host.door_of, host.desktop, host.built_in, given.arguments)
            return f"{sentence} {host.warning()}".rstrip()
        values = given.values(name, host.gaps, host.documents)
        door = host.door_of(given.document if tells_days(host.door.functions.get(name)) else None)
        return cells.to_calc(door.call(name, values), door.since_1904)

    def getImplementationName(self) -> str:
        return SERVICE

    def supportsService(self, name: str) -> bool:
        return name == SERVICE

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (SERVICE,)


class Factory(unohelper.Base, XSingleComponentFactory, XServiceInfo):  # type: ignore[misc]
    """Makes the service for the office of `context`, whose open documents `WHY` looks into. `door` may be exchanged.

    `door_1904` answers documents that count their days from 1904 (else a copy of `door` does); `warning` is what `WHY`
    adds to each sentence.
    """

    def __init__(
        self, door: Door, context: Any, door_1904: Door | None = None, warning: Callable[[], str] = str
    ) -> None:
        create = context.ServiceManager.createInstanceWithContext
        self.door = door
        self._door_1904 = door_1904
        self.warning = warning
        self.desktop = create("com.sun.star.frame.Desktop", context)
        self.built_in = BuiltIn(create("com.sun.star.sheet.FunctionAccess", context))
        self.gaps = Gaps()
        self.nesting = Nesting()
        self.calls = 0
        """How many calls were answered."""

    def door_of(self, document: Document | None) -> Door:
        """What answers the cells of a document, which may count its days from 1904."""
        if document is None or not document.since_1904:
            return self.door
        return self._door_1904 or Door(self.door.language, True, self.door.policies)

    def documents(self) -> Sequence[Document] | None:
        """Every open spreadsheet; None while one is being opened, which cannot be looked into yet."""
        return None if loading(self.desktop) else list(open_documents(self.desktop))

    def createInstanceWithContext(self, context: Any) -> Functions:
        return Functions(self)

    def createInstanceWithArgumentsAndContext(self, arguments: Any, context: Any) -> Functions:
        return Functions(self)

    def getImplementationName(self) -> str:
        return SERVICE

    def supportsService(self, name: str) -> bool:
        return name == SERVICE

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (SERVICE,)
