Attribute VB_Name = "xlwings"
Option Explicit

' The tests' way to Python: the same object that xlwings' library gives, asked through LibreOffice.

Public Const MAC_NOT_ENABLED As Long = 1001
Public Const MAC_WORKBOOK_NAME As Long = 1002

Public Function XLPy() As Object
    Set XLPy = New TrialPython
End Function

Public Function GetConfig(ByVal key As String, Optional ByVal default_ As String = "") As Variant
    GetConfig = TrialAsked("setting", Array(key))
End Function

Public Sub RunPython(ByVal command As String)
    Dim nothing_ As Variant

    nothing_ = TrialAsked("run", Array(command))
End Sub
