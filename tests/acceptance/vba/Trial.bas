Attribute VB_Name = "Trial"
Option Explicit

' What no cell of LibreOffice can hand over or show: the tests call it from here.

' An argument left out in the middle; Calc itself hands over a 0 for one.
Public Function TRIAL_LEFT_OUT(ByVal amount As Variant, ByVal days As Variant) As Variant
    TRIAL_LEFT_OUT = DSO(amount, , days)
End Function

Public Function TRIAL_ALL_LEFT_OUT() As Variant
    TRIAL_ALL_LEFT_OUT = DSO(, , )
End Function

' One row of marks, counted from any number, as one text.
Public Function TRIAL_ROW(ByVal first As Long) As Variant
    Dim marks() As Variant

    ReDim marks(first To first + 3)
    marks(first) = Chr$(1) & "#N/A"
    marks(first + 1) = 7
    marks(first + 2) = Chr$(1) & Chr$(1) & "escaped"
    marks(first + 3) = "plain"
    TRIAL_ROW = DuebookResult(marks)
End Function

' Two rows of marks, counted from any number.
Public Function TRIAL_ROWS(ByVal first As Long) As Variant
    Dim marks() As Variant

    ReDim marks(first To first + 1, first To first + 1)
    marks(first, first) = Chr$(1) & "#DIV/0!"
    marks(first, first + 1) = Chr$(1) & Chr$(1)
    marks(first + 1, first) = True
    marks(first + 1, first + 1) = Chr$(1) & "#NUM!"
    TRIAL_ROWS = DuebookResult(marks)
End Function

Public Function TRIAL_MARK(ByVal code As String) As Variant
    TRIAL_MARK = DuebookResult(Chr$(1) & code)
End Function

' The length of what a text becomes, so that the mark itself can be seen.
Public Function TRIAL_LENGTH(ByVal marks As Long, ByVal text As String) As Variant
    TRIAL_LENGTH = Len(DuebookResult(String$(marks, Chr$(1)) & text))
End Function

Public Function TRIAL_LOWER_BOUND(ByVal first As Long) As Variant
    TRIAL_LOWER_BOUND = LBound(TRIAL_ROWS(first), 2)
End Function
