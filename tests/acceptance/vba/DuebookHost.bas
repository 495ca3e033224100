Attribute VB_Name = "DuebookHost"
Option Explicit

' The tests' host module: what Excel does, asked of LibreOffice and of the test's own service.

Public Function HostPlace() As String
    HostPlace = Asked("place", Array())
End Function

Public Function HostSince1904() As Boolean
    HostSince1904 = Asked("since_1904", Array())
End Function

Public Function HostCells(ByVal cells As Object) As Variant
    HostCells = Asked("cells", Array(cells.CellRange))
End Function

' Calc shows CVErr as a text; a number that is none, with its own error number in it, as the real error.
Public Function HostError(ByVal number As Long) As Variant
    HostError = Asked("error", Array(number))
End Function

Public Function HostCall(ByVal functionName As String, ByVal values As Variant) As Variant
    HostCall = Laid(Asked(functionName, values))
End Function

Public Function HostFailure(ByVal functionName As String, ByVal detail As String) As Variant
    HostFailure = functionName & " failed: " & detail
End Function

Private Function Asked(ByVal what As String, ByVal values As Variant) As Variant
    Dim context As Object
    Dim request(0) As Variant

    context = GetDefaultContext()
    request(0) = CreateUnoStruct("com.sun.star.beans.NamedValue")
    request(0).Name = what
    request(0).Value = values
    Asked = context.ServiceManager.createInstanceWithContext("duebook.tests.Excel", context).execute(request)
End Function

' Rows as COM hands them over: one array of two dimensions.
Private Function Laid(ByVal found As Variant) As Variant
    Dim rows() As Variant
    Dim row As Long
    Dim column As Long

    Laid = found
    If Not IsArray(found) Then Exit Function
    If Not IsArray(found(0)) Then Exit Function
    ReDim rows(0 To UBound(found), 0 To UBound(found(0)))
    For row = 0 To UBound(found)
        For column = 0 To UBound(found(0))
            rows(row, column) = found(row)(column)
        Next column
    Next row
    Laid = rows
End Function
