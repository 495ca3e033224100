Attribute VB_Name = "DuebookStart"
Option Explicit

' What happens when the add-in opens and closes. Excel opens first; Python starts and the help is registered when Excel
' has nothing else to do.

Private mIsOpen As Boolean
Private mPlanned As Date    ' 0: nothing is planned

Public Sub Auto_Open()
    DuebookOpened
End Sub

Public Sub Auto_Close()
    DuebookClosed
End Sub

' Called by Auto_Open and by Workbook_Open: which of them runs depends on who opens the add-in.
Public Sub DuebookOpened()
    If mIsOpen Then Exit Sub
    mIsOpen = True
    PlanHelp
End Sub

' A plan that is left would make Excel open the add-in again.
Public Sub DuebookClosed()
    mIsOpen = False
    If mPlanned = 0 Then Exit Sub
    On Error Resume Next
    Application.OnTime EarliestTime:=mPlanned, Procedure:=PlannedProcedure(), Schedule:=False
    mPlanned = 0
End Sub

Public Sub PlanHelp()
    If Not mIsOpen Or mPlanned <> 0 Then Exit Sub
    On Error GoTo Refused    ' as Excel does while it calculates; a workbook that becomes active plans it again
    mPlanned = Now + TimeSerial(0, 0, 1)
    Application.OnTime EarliestTime:=mPlanned, Procedure:=PlannedProcedure()
    Exit Sub
Refused:
    mPlanned = 0
End Sub

' A workbook became active: the help waits for one.
Public Sub DuebookWorkbookActive()
    If mIsOpen And Not HelpIsRegistered() Then PlanHelp
End Sub

' Runs when Excel is idle.
Public Sub DuebookIdle()
    mPlanned = 0
    If Not ServerHasGreeted() Then ServerWarms
    RegisterHelp
End Sub

Private Function PlannedProcedure() As String
    PlannedProcedure = "'" & ThisWorkbook.Name & "'!DuebookIdle"
End Function
