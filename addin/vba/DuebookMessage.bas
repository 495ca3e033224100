Attribute VB_Name = "DuebookMessage"
Option Explicit
Option Private Module

' Shows sentences: in the status bar, and in a box where a button could not do its work. Cells never open a box.

Private Const TITLE As String = "Duebook"
Private Const READING_SECONDS As Long = 10

' VBA's own box shows Chinese only on a Chinese Windows; the system's does everywhere.
#If Mac Then
#Else
Private Const WARNING_SIGN As Long = 48
Private Const INFORMATION_SIGN As Long = 64
Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal owner As LongPtr, ByVal sentence As LongPtr, _
        ByVal caption As LongPtr, ByVal style As Long) As Long
#End If

Private mSaid As String
Private mSaidAt As Date    ' 0: the status bar is Excel's

Public Sub Say(ByVal sentence As String)
    mSaid = sentence
    mSaidAt = Now
    On Error Resume Next    ' Excel may refuse while it calculates; the sentence is said at the next occasion
    Application.StatusBar = sentence
End Sub

' For what every cell of a sheet would say again.
Public Sub SayOnce(ByVal sentence As String)
    If sentence <> mSaid Then Say sentence
End Sub

' Excel shows its own text again once the user has gone on. It would keep ours until it is closed.
Public Sub GiveBackStatusBar()
    If mSaidAt = 0 Or Now < mSaidAt + TimeSerial(0, 0, READING_SECONDS) Then Exit Sub
    mSaidAt = 0
    On Error Resume Next
    Application.StatusBar = False
End Sub

' What went wrong.
Public Sub ShowBox(ByVal sentence As String)
    Say sentence
    #If Mac Then
        MsgBox sentence, vbExclamation, TITLE
    #Else
        MessageBoxW Application.Hwnd, StrPtr(sentence), StrPtr(TITLE), WARNING_SIGN
    #End If
End Sub

' What the user asked to be told.
Public Sub ShowAnswerBox(ByVal sentence As String)
    Say sentence
    #If Mac Then
        MsgBox sentence, vbInformation, TITLE
    #Else
        MessageBoxW Application.Hwnd, StrPtr(sentence), StrPtr(TITLE), INFORMATION_SIGN
    #End If
End Sub
