Attribute VB_Name = "DuebookTexts"
Option Explicit
Option Private Module

' Every text that users see lies on a very hidden sheet of the add-in, in English and Chinese: VBA source is text of one
' code page and could hold no Chinese. One row is one text: kind, key, English, Chinese.

Private Const TEXTS As String = "duebook.texts"
Private Const KIND As Long = 1
Private Const KEY As Long = 2
Private Const ENGLISH As Long = 3
Private Const CHINESE As Long = 4
Private Const OFFICE_LANGUAGE As Long = 2       ' msoLanguageIDUI
Private Const PRIMARY_LANGUAGE As Long = 1023   ' the low ten bits of a language's number
Private Const CHINESE_LANGUAGE As Long = 4

Private mRows As Variant
Private mPlaces As Collection
Private mLanguage As String

' A sentence by its key, as it stands in the messages of the room "addin".
Public Function DuebookText(ByVal textKey As String) As String
    DuebookText = TextOf("message", textKey)
End Function

Public Function DuebookFact(ByVal textKey As String) As String
    DuebookFact = TextOf("fact", textKey)
End Function

' The text of a kind and key in the user's language; the key itself where there is none.
Public Function TextOf(ByVal textKind As String, ByVal textKey As String) As String
    Dim row As Long

    row = RowOf(textKind, textKey)
    If row = 0 Then
        TextOf = textKey
    Else
        TextOf = TextAt(row)
    End If
End Function

Public Function TextAt(ByVal row As Long) As String
    ReadTexts
    If DuebookLanguage() = "zh" Then
        TextAt = mRows(row, CHINESE)
    Else
        TextAt = mRows(row, ENGLISH)
    End If
End Function

Public Function KindAt(ByVal row As Long) As String
    ReadTexts
    If row <= UBound(mRows, 1) Then KindAt = mRows(row, KIND)
End Function

Public Function KeyAt(ByVal row As Long) As String
    ReadTexts
    KeyAt = mRows(row, KEY)
End Function

Public Function LastTextRow() As Long
    ReadTexts
    LastTextRow = UBound(mRows, 1)
End Function

' A sentence with a fact put in: Filled("... {button} ...", "button", "Payment plan").
Public Function Filled(ByVal sentence As String, ByVal fact As String, ByVal value As String) As String
    Filled = Replace(sentence, "{" & fact & "}", value)
End Function

Private Function RowOf(ByVal textKind As String, ByVal textKey As String) As Long
    ReadTexts
    On Error GoTo Unknown    ' asking is the only way to learn whether a Collection has a key
    RowOf = mPlaces.Item(textKind & "|" & textKey)
Unknown:
End Function

' Once: the sheet does not change while the add-in is open.
Private Sub ReadTexts()
    Dim row As Long

    If Not mPlaces Is Nothing Then Exit Sub
    mRows = ThisWorkbook.Worksheets(TEXTS).UsedRange.Value2
    Set mPlaces = New Collection
    For row = 2 To UBound(mRows, 1)
        mPlaces.Add row, mRows(row, KIND) & "|" & mRows(row, KEY)
    Next row
End Sub

' --- the user's language --------------------------------------------------------------------------------------------

' As Python said it; until then as in the settings, else as Excel itself is.
Public Function DuebookLanguage() As String
    If mLanguage = "" Then mLanguage = LanguageAtStart()
    DuebookLanguage = mLanguage
End Function

Public Sub SetDuebookLanguage(ByVal language As String)
    If language = DuebookLanguage() Then Exit Sub
    mLanguage = language
    RibbonRefresh
    PlanHelp
End Sub

Private Function LanguageAtStart() As String
    Dim office As Long

    On Error Resume Next    ' what cannot be asked counts as English
    LanguageAtStart = GetConfig("DUEBOOK_LANGUAGE", "")
    If LanguageAtStart = "en" Or LanguageAtStart = "zh" Then Exit Function
    LanguageAtStart = "en"
    office = Application.LanguageSettings.LanguageID(OFFICE_LANGUAGE)
    If (office And PRIMARY_LANGUAGE) = CHINESE_LANGUAGE Then LanguageAtStart = "zh"
End Function
