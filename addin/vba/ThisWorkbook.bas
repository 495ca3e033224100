Option Explicit

' Excel's events: the add-in opens and closes, and workbooks become active.

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
