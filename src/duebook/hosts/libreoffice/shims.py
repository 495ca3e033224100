"""The Basic functions that give Calc the bare names: one per worksheet function, made from the catalogue.

Calc finds functions of the library "Standard" by their bare names, in any document, also while it loads a plain
.xlsx. (Of another library it finds the names, but cannot call what they name.) Each takes whatever it is given and
hands it to the service; the door judges the arguments, so one too many is refused there. A table comes back as rows
and is laid out as a two-dimensional array.

The functions stand in a module with VBA support: there a reference arrives as the range that it points to, and not as
its value. So a blank cell is blank, an error reaches the door, a whole column is no million cells, and `WHY` can look
up the formula of the cell that it is asked about.

A call may come while another is being answered: the cell that `WHY` or a function reads may be out of date, and Calc
then computes it first. Basic skips a call of an object's method from within that very method, and says nothing: the
cell would be blank. So each call takes the service away for itself, and one inside it makes its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SERVICE = "duebook.hosts.libreoffice.Functions"
"""The name under which the office finds the service that answers."""
MODULE, FUNCTIONS_MODULE = "DuebookAnswers", "DuebookFunctions"
"""Each begins with a remark "' Duebook: …", by which a module of the user's own would be told from it."""
LIBRARY = "Standard"

_CALL = f"""\
' Duebook: made by duebook.hosts.libreoffice.shims from the catalogue of worksheet functions.
Option Compatible
Private functions As Object

' What the worksheet function gives for its arguments: a value, or a table as a two-dimensional array.
Function DuebookCall(which, arguments)
  On Error GoTo Failed
  Dim request(0) As New com.sun.star.beans.NamedValue
  Dim service As Object
  Dim found, row, column
  request(0).Name = which
  request(0).Value = arguments
  service = functions
  functions = Nothing
  If IsNull(service) Then service = GetDefaultContext().ServiceManager.createInstanceWithContext("{SERVICE}", GetDefaultContext())
  found = service.execute(request())
  functions = service
  If IsEmpty(found) Then
    DuebookCall = DuebookFailed()
  ElseIf IsArray(found) Then
    Dim table(UBound(found), UBound(found(0)))
    For row = 0 To UBound(found)
      For column = 0 To UBound(found(0))
        table(row, column) = found(row)(column)
      Next
    Next
    DuebookCall = table
  Else
    DuebookCall = found
  End If
  Exit Function
Failed:
  DuebookCall = DuebookFailed()
End Function

' Nothing answers: Calc shows an array of three dimensions as #VALUE!, but a failed macro as empty text.
Function DuebookFailed()
  Dim error_(0, 0, 0)
  DuebookFailed = error_
End Function
"""  # noqa: E501 (a line of Basic ends where it ends)

_FUNCTION = """\
Function {name}(ParamArray arguments())
  {name} = DuebookCall("{name}", arguments)
End Function
"""

_FUNCTIONS = """\
' Duebook: the worksheet functions. A reference arrives as a range here.
Option VBASupport 1
"""


def modules(names: Iterable[str]) -> Mapping[str, str]:
    """The Basic text of each module, by its name; `names` are those of the worksheet functions."""
    functions = "\n".join(_FUNCTION.format(name=name) for name in names)
    return {MODULE: _CALL, FUNCTIONS_MODULE: f"{_FUNCTIONS}\n{functions}"}
