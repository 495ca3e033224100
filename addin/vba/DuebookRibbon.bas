Attribute VB_Name = "DuebookRibbon"
Option Explicit

' The callbacks of the ribbon tab, by the names that customUI14.xml gives. A control's id is "duebook_" and the name of
' its button or group; its texts lie on the sheet of texts.

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
    On Error GoTo Failed
    Say Filled(DuebookText("working"), "button", LabelOf(control.ID))
    ServerTryAgain
    If IsMac() Then
        PressOnMac NameOf(control.ID)
    Else
        ShowAnswer ServerPress(NameOf(control.ID), ActiveWorkbook), LabelOf(control.ID)
        ServerGreets    ' the button may have chosen another language
    End If
    Exit Sub
Failed:
    ShowBox PressFault(Err.Number, Err.Description)
End Sub

Private Sub ShowAnswer(ByVal answer As String, ByVal label As String)
    If Left$(answer, 1) = "?" Then
        ShowAnswerBox Mid$(answer, 2)
    ElseIf Left$(answer, 1) <> "+" Then
        ShowBox Mid$(answer, 2)
    ElseIf Len(answer) > 1 Then
        Say Mid$(answer, 2)
    Else
        Say Filled(DuebookText("done"), "button", label)
    End If
End Sub

' Excel for Mac starts Python for each press and gets no answer from it: Python itself shows the sentence.
Private Sub PressOnMac(ByVal buttonName As String)
    If ActiveWorkbook Is Nothing Then
        ShowBox DuebookText("no_workbook")
    Else
        RunPython "from duebook.hosts.excel import press; press.press_here('" & buttonName & "')"
    End If
End Sub

Private Function PressFault(ByVal number As Long, ByVal detail As String) As String
    If number = MAC_NOT_ENABLED Then
        PressFault = DuebookText("mac_not_enabled")
    ElseIf number = MAC_WORKBOOK_NAME Then
        PressFault = Filled(DuebookText("mac_workbook_name"), "name", detail)
    ElseIf ServerGreets() Then
        PressFault = Filled(DuebookText("failed"), "detail", LastLine(detail))
    Else
        PressFault = Filled(DuebookText("server_missing"), "detail", LastLine(detail))
    End If
End Function

Private Function NameOf(ByVal controlId As String) As String
    NameOf = Mid$(controlId, Len(OURS) + 1)
End Function

Private Function LabelOf(ByVal controlId As String) As String
    LabelOf = TextOf("button", NameOf(controlId))
    If LabelOf = NameOf(controlId) Then LabelOf = TextOf("group", NameOf(controlId))
End Function
