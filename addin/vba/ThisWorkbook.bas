Option Explicit

' Excel's events: the add-in opens and closes, workbooks become active, the user goes on to other cells.

Private WithEvents mExcel As Application

Private Sub Workbook_Open()
    Set mExcel = Application
    DuebookOpened
End Sub

Private Sub Workbook_BeforeClose(Cancel As Boolean)
    DuebookClosed
End Sub

Private Sub mExcel_WorkbookActivate(ByVal Wb As Workbook)
    DuebookWorkbookActive
End Sub

Private Sub mExcel_SheetSelectionChange(ByVal Sh As Object, ByVal Target As Range)
    GiveBackStatusBar
End Sub
