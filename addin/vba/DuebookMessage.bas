Attribute VB_Name = "DuebookMessage"
Option Explicit
Option Private Module

' Shows sentences: in the status bar, and in a box where a button could not do its work. Cells never open a box.

Private Const TITLE As String = "Duebook"

' VBA's own box shows Chinese only on a Chinese Windows; the system's does everywhere.
#If Mac Then
#Else
Private Const WARNING_SIGN As Long = 48
Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal owner As LongPtr, ByVal sentence As LongPtr, _
        ByVal caption As LongPtr, ByVal style As Long) As Long
#End If

Private mSaid As String

Public Sub Say(ByVal sentence As String)
    mSaid = sentence
    On Error Resume Next    ' Excel may refuse while it calculates; the sentence is said at the next occasion
    Application.StatusBar = sentence
End Sub

' For what every cell of a sheet would say again.
Public Sub SayOnce(ByVal sentence As String)
    If sentence <> mSaid Then Say sentence
End Sub

Public Sub ShowBox(ByVal sentence As String)
    Say sentence
    #If Mac Then
        MsgBox sentence, vbExclamation, TITLE
    #Else
        MessageBoxW Application.Hwnd, StrPtr(sentence), StrPtr(TITLE), WARNING_SIGN
    #End If
End Sub
