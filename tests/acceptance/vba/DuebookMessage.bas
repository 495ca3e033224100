Attribute VB_Name = "DuebookMessage"
Option Explicit

' The tests' messages: remembered and not shown. The real module needs Windows for its box.

Private mSaid As String

Public Sub Say(ByVal sentence As String)
    Dim nothing_ As Variant

    mSaid = sentence
    nothing_ = TrialAsked("said", Array(sentence))
End Sub

Public Sub SayOnce(ByVal sentence As String)
    If sentence <> mSaid Then Say sentence
End Sub

Public Sub GiveBackStatusBar()
End Sub

Public Sub ShowAnswerBox(ByVal sentence As String)
    Dim nothing_ As Variant

    nothing_ = TrialAsked("answered", Array(sentence))
End Sub

Public Sub ShowBox(ByVal sentence As String)
    Dim nothing_ As Variant

    nothing_ = TrialAsked("boxed", Array(sentence))
End Sub
