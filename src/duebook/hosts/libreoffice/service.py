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
from duebook.hosts.libreoffice.shims import SERVICE


class Functions(unohelper.Base, XJob, XServiceInfo):  # type: ignore[misc]
    """Answers `execute(NamedValue(name, arguments))`."""

    def __init__(self, host: Factory) -> None:
        self._host = host

    def execute(self, call: Any) -> Any:
        try:
            name, given = call[0].Name, tuple(call[0].Value or ())
            self._host.calls += 1
            return cells.to_calc(self._host.door.call(name, [cells.from_calc(value) for value in given]))
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
    """Makes the service. `desktop` is the office's own, whose documents `WHY` looks into; `door` may be exchanged."""

    def __init__(self, door: Door, desktop: Any) -> None:
        self.door = door
        self.desktop = desktop
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
