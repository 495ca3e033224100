Attribute VB_Name = "DuebookResults"
Option Explicit
Option Private Module

' Turns what Python sends into what a cell shows.
'
' An error travels as text after a mark, Chr(1), because Python cannot send error values; it becomes a real error here,
' so that ISERROR is true and a sum over it fails. A genuine text that begins with the mark is sent with a second one.

Public Function DuebookResult(ByVal found As Variant) As Variant
    Select Case DimensionsOf(found)
        Case 0
            DuebookResult = Shown(found)
        Case 1
            ShowRow found
            DuebookResult = found
        Case Else
            ShowRows found
            DuebookResult = found
    End Select
End Function

Private Function DimensionsOf(ByRef found As Variant) As Long
    Dim bound As Long

    If Not IsArray(found) Then Exit Function
    On Error GoTo Counted    ' asking for the bound of a dimension that is not there is the only way to count them
    bound = UBound(found, 1)
    DimensionsOf = 1
    bound = UBound(found, 2)
    DimensionsOf = 2
Counted:
End Function

Private Sub ShowRow(ByRef found As Variant)
    Dim column As Long

    For column = LBound(found) To UBound(found)
        If IsMarked(found(column)) Then found(column) = Shown(found(column))
    Next column
End Sub

Private Sub ShowRows(ByRef found As Variant)
    Dim row As Long
    Dim column As Long

    For row = LBound(found, 1) To UBound(found, 1)
        For column = LBound(found, 2) To UBound(found, 2)
            If IsMarked(found(row, column)) Then found(row, column) = Shown(found(row, column))
        Next column
    Next row
End Sub

Private Function IsMarked(ByVal value As Variant) As Boolean
    If VarType(value) = vbString Then IsMarked = (Left$(value, 1) = Chr$(1))
End Function

Private Function Shown(ByVal value As Variant) As Variant
    Shown = value
    If Not IsMarked(value) Then Exit Function
    Shown = Mid$(value, 2)
    If Not IsMarked(Shown) Then Shown = HostError(ErrorNumber(Mid$(value, 2)))
End Function

' Excel's own numbers of its errors. A code that is not among them is a fault of ours, and must not look like a figure.
Public Function ErrorNumber(ByVal code As String) As Long
    Select Case code
        Case "#NULL!": ErrorNumber = 2000
        Case "#DIV/0!": ErrorNumber = 2007
        Case "#REF!": ErrorNumber = 2023
        Case "#NAME?": ErrorNumber = 2029
        Case "#NUM!": ErrorNumber = 2036
        Case "#N/A": ErrorNumber = 2042
        Case Else: ErrorNumber = 2015
    End Select
End Function
