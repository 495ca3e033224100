Attribute VB_Name = "TrialGlue"
Option Explicit

' Lets cells call what Excel calls: ribbon callbacks, opening, closing, the moment when Excel is idle.

Public TrialIsAddin As Boolean
Public TrialSaved As Boolean

Public Function TrialAsked(ByVal what As String, ByVal values As Variant) As Variant
    Dim context As Object
    Dim request(0) As Variant

    context = GetDefaultContext()
    request(0) = CreateUnoStruct("com.sun.star.beans.NamedValue")
    request(0).Name = what
    request(0).Value = values
    TrialAsked = context.ServiceManager.createInstanceWithContext("duebook.tests.Excel", context).execute(request)
End Function

Public Sub TrialMacroOptions(ByVal Macro As String, ByVal Description As String, ByVal Category As String, _
        ByVal ArgumentDescriptions As Variant)
    Dim nothing_ As Variant

    nothing_ = TrialAsked("described", Array(Macro, Description, Category, ArgumentDescriptions, TrialIsAddin))
End Sub

Public Sub TrialOnTime(ByVal EarliestTime As Date, ByVal Procedure As String, Optional ByVal Schedule As Boolean = True)
    Dim nothing_ As Variant

    nothing_ = TrialAsked("planned", Array(Procedure, Schedule))
End Sub

Public Function TrialSystem() As String
    TrialSystem = TrialAsked("system", Array())
End Function

Public Function TrialEnabled() As Boolean
    TrialEnabled = TrialAsked("enabled", Array())
End Function

Public Function TRIAL_DO(ByVal what As String, Optional ByVal control As String) As Variant
    Dim told As Variant
    Dim pressed As Object

    Set pressed = New TrialControl
    pressed.ID = control
    Select Case what
        Case "open"
            TrialIsAddin = True
            DuebookOpened
        Case "close": DuebookClosed
        Case "idle": DuebookIdle
        Case "active": DuebookWorkbookActive
        Case "again": ServerTryAgain
        Case "press": DuebookPress pressed
        Case "label": DuebookLabel pressed, told
        Case "screentip": DuebookScreentip pressed, told
        Case "tip": DuebookTip pressed, told
        Case "keytip": DuebookKeytip pressed, told
        Case "text": told = DuebookText(control)
        Case "language": told = DuebookLanguage()
        Case "addin": told = TrialIsAddin
    End Select
    TRIAL_DO = told
End Function
