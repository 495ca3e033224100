Attribute VB_Name = "DuebookHost"
Option Explicit
Option Private Module

' What only Excel knows: the calling cell, its date system, the values of cells, error values, and the way to Python.
' The tests put a module of the same name in its place that asks LibreOffice instead.

Private Const GETTING_DATA As Long = 2043    ' #GETTING_DATA
Private Const NOT_AVAILABLE As Long = 2042   ' #N/A
Private Const MANY_CELLS As Long = 1000

' The calling cell as [Book.xlsx]Sheet1!$B$7; empty where VBA, and no cell, calls.
Public Function HostPlace() As String
    On Error GoTo NoCell
    If TypeName(Application.Caller) = "Range" Then HostPlace = Application.Caller.Address(External:=True)
NoCell:
End Function

' Whether days count from 1904 in the calling cell's workbook.
Public Function HostSince1904() As Boolean
    On Error GoTo NoCell
    If TypeName(Application.Caller) = "Range" Then HostSince1904 = Application.Caller.Worksheet.Parent.Date1904
NoCell:
End Function

' Value2 gives dates and money as plain numbers, whatever the format of the cell.
Public Function HostCells(ByVal cells As Object) As Variant
    HostCells = cells.Value2
End Function

Public Function HostError(ByVal number As Long) As Variant
    HostError = CVErr(number)
End Function

' What Python answers. The function wizard computes at every keystroke: what takes long waits until it is closed.
' Values go by reference all the way, for VBA would copy every cell at each step.
Public Function HostCall(ByVal functionName As String, ByRef values As Variant) As Variant
    If Not ServerIsReady() Or HasManyCells(values) Then
        If WizardIsOpen() Then
            HostCall = CVErr(GETTING_DATA)
            Exit Function
        End If
    End If
    HostCall = ServerAnswer(functionName, values)
End Function

' Python did not answer: an error in the cell, and the reason from WHY, which needs no Python for it.
Public Function HostFailure(ByVal functionName As String, ByVal detail As String) As Variant
    Dim sentence As String

    sentence = ServerMissing(detail)
    SayOnce sentence
    If functionName = "WHY" Then
        HostFailure = sentence
    Else
        HostFailure = CVErr(NOT_AVAILABLE)
    End If
End Function

' Excel disables this button while a dialog is open; it has no other way to tell.
Private Function WizardIsOpen() As Boolean
    On Error Resume Next
    WizardIsOpen = Not Application.CommandBars("Standard").Controls(1).Enabled
End Function

Private Function HasManyCells(ByRef values As Variant) As Boolean
    Dim position As Long
    Dim count As Double

    For position = LBound(values) To UBound(values)
        If IsArray(values(position)) Then count = count + CellCount(values(position))
    Next position
    HasManyCells = (count > MANY_CELLS)
End Function

Private Function CellCount(ByRef block As Variant) As Double
    On Error GoTo Counted    ' an array of one dimension is a row
    CellCount = UBound(block, 1) - LBound(block, 1) + 1
    CellCount = CellCount * (UBound(block, 2) - LBound(block, 2) + 1)
Counted:
End Function
