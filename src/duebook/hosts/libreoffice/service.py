"""The service in the office that answers the Basic functions: `execute` hands a call to the door and its result back.

Needs LibreOffice's Python bridge. `Factory` is what a host registers with the office's service manager: through a
socket, or as a Python component of an extension. Nothing raised here reaches Basic: a cell shows an error instead.
"""

from __future__ import annotations

from typing import Any

import unohelper  # type: ignore[import-not-found]  # LibreOffice's own, without types
from com.sun.star.lang import XServiceInfo, XSingleComponentFactory  # type: ignore[import-not-found]
from com.sun.star.task import XJob  # type: ignore[import-not-found]

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.hosts.libreoffice import cells
from duebook.hosts.libreoffice.reasons import why
from duebook.hosts.libreoffice.sheets import BuiltIn
from duebook.hosts.libreoffice.shims import SERVICE


class Functions(unohelper.Base, XJob, XServiceInfo):  # type: ignore[misc]
    """Answers `execute(NamedValue(name, arguments))`."""

    def __init__(self, host: Factory) -> None:
        self._host = host

    def execute(self, call: Any) -> Any:
        try:
            host = self._host
            name, given = call[0].Name, tuple(call[0].Value or ())
            host.calls += 1
            if name == "WHY":
                return why(host.door, host.desktop, host.built_in, given)
            return cells.to_calc(host.door.call(name, [cells.from_calc(value) for value in given]))
        except CellError as error:
            return cells.error_value(error.code)
        except Exception:
            return cells.error_value("#VALUE!")

    def getImplementationName(self) -> str:
        return SERVICE

    def supportsService(self, name: str) -> bool:
        return name == SERVICE

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (SERVICE,)


class Factory(unohelper.Base, XSingleComponentFactory, XServiceInfo):  # type: ignore[misc]
    """Makes the service for the office of `context`, whose open documents `WHY` looks into. `door` may be exchanged."""

    def __init__(self, door: Door, context: Any) -> None:
        create = context.ServiceManager.createInstanceWithContext
        self.door = door
        self.desktop = create("com.sun.star.frame.Desktop", context)
        self.built_in = BuiltIn(create("com.sun.star.sheet.FunctionAccess", context))
        self.calls = 0
        """How many calls were answered."""

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
