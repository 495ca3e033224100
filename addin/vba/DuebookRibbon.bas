Attribute VB_Name = "DuebookRibbon"
Option Explicit

' The callbacks of the ribbon tab, by the names that customUI14.xml gives. A control's id is "duebook_" and the name of
' its button, group or tab; its texts lie on the sheet of texts.

Private Const OURS As String = "duebook_"

Private mRibbon As IRibbonUI

Public Sub DuebookRibbonLoad(ribbon As IRibbonUI)
    Set mRibbon = ribbon
End Sub

' Excel asks for all labels anew. Where VBA was stopped, the ribbon is lost; the labels follow at the next start.
Public Sub RibbonRefresh()
    On Error Resume Next
    mRibbon.Invalidate
End Sub

Public Sub DuebookLabel(control As IRibbonControl, ByRef returnedVal)
    returnedVal = LabelOf(control.ID)
End Sub

Public Sub DuebookScreentip(control As IRibbonControl, ByRef returnedVal)
    returnedVal = LabelOf(control.ID)
End Sub

Public Sub DuebookTip(control As IRibbonControl, ByRef returnedVal)
    returnedVal = TextOf("tip", NameOf(control.ID))
End Sub

Public Sub DuebookKeytip(control As IRibbonControl, ByRef returnedVal)
    returnedVal = TextOf("keytip", NameOf(control.ID))
End Sub

' Runs a button's macro and shows its sentence: a box where it could not do its work.
Public Sub DuebookPress(control As IRibbonControl)
    Dim answer As String

    On Error GoTo Failed
    Say Filled(DuebookText("working"), "button", LabelOf(control.ID))
    ServerTryAgain
    answer = ServerPress(NameOf(control.ID), ActiveWorkbook)
    If Left$(answer, 1) <> "+" Then
        ShowBox Mid$(answer, 2)
    ElseIf Len(answer) > 1 Then
        Say Mid$(answer, 2)
    Else
        Say Filled(DuebookText("done"), "button", LabelOf(control.ID))
    End If
    ServerGreets    ' the button may have chosen another language
    Exit Sub
Failed:
    ShowBox ServerMissing(Err.Description)
End Sub

Private Function NameOf(ByVal controlId As String) As String
    NameOf = Mid$(controlId, Len(OURS) + 1)
End Function

Private Function LabelOf(ByVal controlId As String) As String
    LabelOf = TextOf("button", NameOf(controlId))
End Function
