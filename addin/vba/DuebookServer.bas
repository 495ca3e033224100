Attribute VB_Name = "DuebookServer"
Option Explicit
Option Private Module

' The Python that answers: xlwings starts it when it is first asked, and starts it anew where it has ended.
' If it cannot be started, nothing is tried for a while: a sheet of a thousand cells must not wait a thousand times.

Private Const FUNCTIONS As String = "duebook.hosts.excel.udfs"
Private Const SESSION As String = "duebook.hosts.excel.session"
Private Const PRESSING As String = "duebook.hosts.excel.press"
Private Const UNREACHABLE As Long = 1000    ' VBA leaves the numbers above 512 to its users
Private Const REST_MINUTES As Long = 1
Private Const LONGEST_DETAIL As Long = 160

Private mHasGreeted As Boolean
Private mHasAnswered As Boolean
Private mRestsUntil As Date
Private mFault As String      ' what went wrong last, as Windows or Python said it

Public Function ServerIsReady() As Boolean
    ServerIsReady = mHasAnswered
End Function

' After the user has mended something: the next call tries at once.
Public Sub ServerTryAgain()
    mRestsUntil = 0
End Sub

' What Python gives for a worksheet function. It raises an error where nothing answers.
Public Function ServerAnswer(ByVal functionName As String, ByRef values As Variant) As Variant
    Dim answer As Variant

    If Now < mRestsUntil Or IsMac() Then Err.Raise UNREACHABLE, , mFault
    If Not HasAnswer(functionName, values, answer) Then
        If Not StartsAnew() Then Err.Raise UNREACHABLE, , mFault
        If Not HasAnswer(functionName, values, answer) Then Err.Raise UNREACHABLE, , mFault
    End If
    ServerAnswer = answer
End Function

' The calling cell goes along as text: as an object, Python would have to ask Excel back for every cell.
Private Function HasAnswer(ByVal functionName As String, ByRef values As Variant, ByRef answer As Variant) As Boolean
    On Error GoTo Failed
    answer = XLPy.CallUDF(FUNCTIONS, functionName, values, Nothing, Nothing)
    mHasAnswered = True
    HasAnswer = True
    Exit Function
Failed:
    mFault = LastLine(Err.Description)
End Function

' Whether Python answers a greeting after a call that failed. If it had answered before, it ended meanwhile, and the
' reasons that WHY knew are gone with it.
Private Function StartsAnew() As Boolean
    Dim hadAnswered As Boolean

    hadAnswered = mHasAnswered
    mHasAnswered = False
    StartsAnew = ServerGreets()
    If Not StartsAnew Then
        mRestsUntil = Now + TimeSerial(0, REST_MINUTES, 0)
    ElseIf hadAnswered Then
        SayOnce DuebookText("server_restarted")
    End If
End Function

Public Function ServerHasGreeted() As Boolean
    ServerHasGreeted = mHasGreeted
End Function

' Python says who it is: its versions must be those the add-in was built for, and its language is the user's choice.
Public Function ServerGreets() As Boolean
    Dim greeting As Variant

    On Error GoTo Failed
    greeting = Split(XLPy.Str(XLPy.Call(XLPy.Module(SESSION), "hello")), "|")
    CompareVersions greeting(0), greeting(1)
    SetDuebookLanguage greeting(2)
    mHasGreeted = True
    ServerGreets = True
    Exit Function
Failed:
    mFault = LastLine(Err.Description)
End Function

Private Sub CompareVersions(ByVal program As String, ByVal bridge As String)
    If program <> DuebookFact("version") Then
        SayOnce Filled(Filled(DuebookText("server_wrong_version"), "addin", DuebookFact("version")), "program", program)
    ElseIf bridge <> DuebookFact("xlwings") Then
        SayOnce Filled(Filled(DuebookText("xlwings_wrong_version"), "addin", DuebookFact("xlwings")), "program", bridge)
    End If
End Sub

' Python loads what the first cell needs; what it warns of is told.
Public Sub ServerWarms()
    Dim warning As String

    On Error GoTo Failed
    If IsMac() Then Exit Sub
    If Not ServerGreets() Then Exit Sub
    warning = XLPy.Str(XLPy.Call(XLPy.Module(SESSION), "warm"))
    mHasAnswered = True
    If warning <> "" Then SayOnce warning
    Exit Sub
Failed:
    mFault = LastLine(Err.Description)
End Sub

' Runs the button's macro on the workbook and gives its sentence, with a sign before it. A cell could call this too, but
' has no workbook to hand over.
Public Function ServerPress(ByVal buttonName As String, ByVal book As Workbook) As String
    ServerPress = XLPy.Str(XLPy.Call(XLPy.Module(PRESSING), "press", XLPy.Tuple(buttonName, book)))
    mHasAnswered = True
End Function

' Why a cell shows #N/A: WHY says it, and the status bar once.
Public Function ServerMissing(ByVal detail As String) As String
    If IsMac() Then
        ServerMissing = DuebookText("mac_functions")
    Else
        ServerMissing = Filled(DuebookText("server_missing"), "detail", LastLine(detail))
    End If
End Function

' xlwings' way to Python that functions need is for Windows.
Public Function IsMac() As Boolean
    IsMac = (InStr(Application.OperatingSystem, "Macintosh") > 0)
End Function

' Of a Python traceback the last line says what happened.
Public Function LastLine(ByVal detail As String) As String
    Dim lines As Variant
    Dim position As Long

    lines = Split(Replace(detail, vbCr, vbLf), vbLf)
    For position = UBound(lines) To 0 Step -1
        If Trim$(lines(position)) <> "" Then
            LastLine = Left$(Trim$(lines(position)), LONGEST_DETAIL)
            Exit Function
        End If
    Next position
End Function
