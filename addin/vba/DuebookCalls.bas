Attribute VB_Name = "DuebookCalls"
Option Explicit
Option Private Module

' Answers every worksheet function: gathers the arguments, hands them to the host module, shows what comes back.
'
' Values cross to Python, never Range objects: Python then needs no way back into Excel while Excel calculates.
' Everything that only Excel knows stands in DuebookHost, so that this module runs in LibreOffice too, which tests it.

Private Const PLACES_BEFORE As Long = 2     ' calling cell and date system come before the arguments
Private Const RANGE_TYPE As String = "Range"
Private Const WRONG_VALUE As Long = 2015    ' #VALUE!

' What a cell with =functionName(arguments) shows: a value, an error, or rows of them.
Public Function DuebookCall(ByVal functionName As String, ByVal arguments As Variant) As Variant
    On Error GoTo Failed
    DuebookCall = DuebookResult(HostCall(functionName, Sent(functionName, arguments)))
    Exit Function
Failed:
    DuebookCall = HostFailure(functionName, Err.Description)
End Function

' The calling cell, its date system, and the arguments up to the last one given. Python must know what is missing at
' the end, where a function has a default, from what is blank in the middle.
Private Function Sent(ByVal functionName As String, ByRef arguments As Variant) As Variant
    Dim values() As Variant
    Dim count As Long
    Dim position As Long
    Dim lastRow As Long
    Dim lastColumn As Long

    count = CountGiven(arguments)
    ReDim values(0 To PLACES_BEFORE + count - 1)
    values(0) = HostPlace()
    values(1) = HostSince1904()
    lastRow = LastUsedRow(arguments)
    lastColumn = LastUsedColumn(arguments)
    For position = 0 To count - 1
        If TypeName(arguments(position)) = RANGE_TYPE Then
            values(PLACES_BEFORE + position) = CellsSent(functionName, arguments(position), lastRow, lastColumn)
        ElseIf Not IsMissing(arguments(position)) Then
            values(PLACES_BEFORE + position) = arguments(position)
        End If
    Next position
    Sent = values
End Function

Private Function CountGiven(ByRef arguments As Variant) As Long
    Dim position As Long

    For position = UBound(arguments) To 0 Step -1
        If Not IsMissing(arguments(position)) Then
            CountGiven = position + 1
            Exit Function
        End If
    Next position
End Function

' What cells hold; of several areas Excel would hand over the first alone. WHY explains a cell: its address is sent.
Private Function CellsSent(ByVal functionName As String, ByVal given As Object, ByVal lastRow As Long, _
        ByVal lastColumn As Long) As Variant
    If functionName = "WHY" Then
        CellsSent = given.Address(External:=True)
    ElseIf given.Areas.Count > 1 Then
        CellsSent = HostError(WRONG_VALUE)
    Else
        CellsSent = HostCells(PartInUse(given, lastRow, lastColumn))
    End If
End Function

' --- whole columns and rows ---------------------------------------------------------------------------------------

' A million blank cells below a ledger would take seconds to cross: what reaches the end of the sheet is cut to the part
' in use. All such arguments of one call end in the same row, so that columns of different sheets stay side by side.
Private Function PartInUse(ByVal given As Object, ByVal lastRow As Long, ByVal lastColumn As Long) As Object
    Dim height As Long
    Dim width As Long

    height = given.Rows.Count
    width = given.Columns.Count
    If ReachesBottom(given) Then height = Larger(lastRow - given.Row + 1, 1)
    If ReachesRight(given) Then width = Larger(lastColumn - given.Column + 1, 1)
    Set PartInUse = given.Resize(height, width)
End Function

' The last row in use on the sheets whose columns are given whole; 0 if none is.
Private Function LastUsedRow(ByRef arguments As Variant) As Long
    Dim position As Long
    Dim used As Object

    For position = 0 To UBound(arguments)
        If TypeName(arguments(position)) = RANGE_TYPE Then
            If ReachesBottom(arguments(position)) Then
                Set used = arguments(position).Worksheet.UsedRange
                LastUsedRow = Larger(LastUsedRow, used.Row + used.Rows.Count - 1)
            End If
        End If
    Next position
End Function

Private Function LastUsedColumn(ByRef arguments As Variant) As Long
    Dim position As Long
    Dim used As Object

    For position = 0 To UBound(arguments)
        If TypeName(arguments(position)) = RANGE_TYPE Then
            If ReachesRight(arguments(position)) Then
                Set used = arguments(position).Worksheet.UsedRange
                LastUsedColumn = Larger(LastUsedColumn, used.Column + used.Columns.Count - 1)
            End If
        End If
    Next position
End Function

Private Function ReachesBottom(ByVal given As Object) As Boolean
    ReachesBottom = (given.Row + given.Rows.Count - 1 = given.Worksheet.Rows.Count)
End Function

Private Function ReachesRight(ByVal given As Object) As Boolean
    ReachesRight = (given.Column + given.Columns.Count - 1 = given.Worksheet.Columns.Count)
End Function

Private Function Larger(ByVal one As Long, ByVal other As Long) As Long
    Larger = one
    If other > one Then Larger = other
End Function
