Attribute VB_Name = "DuebookHelp"
Option Explicit
Option Private Module

' Tells Excel's function wizard what each function and each argument is, in the user's language.

Private mLanguage As String    ' in which the help was registered

' Whether the help is there. Excel takes none while no workbook is open.
Public Function HelpIsRegistered() As Boolean
    HelpIsRegistered = (mLanguage = DuebookLanguage())
End Function

Public Sub RegisterHelp()
    Dim wasUpdating As Boolean
    Dim hadEvents As Boolean

    If HelpIsRegistered() Or ActiveWorkbook Is Nothing Then Exit Sub
    wasUpdating = Application.ScreenUpdating
    hadEvents = Application.EnableEvents
    On Error GoTo Refused
    Application.ScreenUpdating = False
    Application.EnableEvents = False
    ' Excel describes no function of a hidden workbook, and an add-in is one.
    ThisWorkbook.IsAddin = False
    DescribeFunctions
    mLanguage = DuebookLanguage()
Restore:
    On Error Resume Next
    ThisWorkbook.IsAddin = True
    ThisWorkbook.Saved = True
    Application.EnableEvents = hadEvents
    Application.ScreenUpdating = wasUpdating
    Exit Sub
Refused:
    Resume Restore
End Sub

' A function's rows stand together: its help, its category, its arguments in order.
Private Sub DescribeFunctions()
    Dim row As Long

    For row = 2 To LastTextRow()
        If KindAt(row) = "function" Then Describe row
    Next row
End Sub

Private Sub Describe(ByVal row As Long)
    Dim functionName As String

    functionName = KeyAt(row)
    Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & functionName, Description:=TextAt(row), _
        Category:=TextOf("category", functionName), ArgumentDescriptions:=ArgumentHelp(row)
End Sub

Private Function ArgumentHelp(ByVal row As Long) As Variant
    Dim help() As String
    Dim count As Long

    row = row + 2
    Do While KindAt(row + count) = "argument"
        ReDim Preserve help(0 To count)
        help(count) = TextAt(row + count)
        count = count + 1
    Loop
    ArgumentHelp = help
End Function
