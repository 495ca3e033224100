"""Duebook in LibreOffice: what the office loads of the extension.

Three services: `Names` gives Calc the bare names of the functions, `Functions` answers them, `Press` answers menu and
toolbar. An office may have an older Python than Duebook needs, so this file runs on 3.8 and later, imports nothing of
Duebook until it is called, and then says in one sentence what is missing.
"""

import struct
import sys
from pathlib import Path

import unohelper
from com.sun.star.frame import XTerminateListener
from com.sun.star.lang import XServiceInfo
from com.sun.star.task import XJob, XJobExecutor

OLDEST = (3, 11)
HERE = Path(__file__).resolve().parent
ROOM = "duebook.hosts.libreoffice."
ADDIN = "com.sun.star.sheet.AddIn"
LIBRARY = "Standard"


def _duebook():
    """The part of Duebook that the extension brings, before any other that this Python knows."""
    folder = str(HERE / "pythonpath")
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
    from duebook.hosts.libreoffice import extension

    return extension


def _too_old(context):
    """What to say where Python is too old, in the office's language."""
    configuration = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.configuration.ConfigurationProvider", context
    )
    node = _named("nodepath", "/org.openoffice.Setup/L10N")
    access = configuration.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (node,))
    language = "zh" if str(access.getByName("ooLocale")).startswith("zh") else "en"
    sentence = (HERE / "description" / f"old_python.{language}.txt").read_text(encoding="utf-8").strip()
    return sentence.format(found=".".join(map(str, sys.version_info[:2])))


def _named(name, value):
    import uno

    found = uno.createUnoStruct("com.sun.star.beans.NamedValue")
    found.Name, found.Value = name, value
    return found


class _Service(unohelper.Base, XServiceInfo):
    name = ""
    services = ()

    def __init__(self, context):
        self.context = context

    def getImplementationName(self):
        return ROOM + self.name

    def supportsService(self, name):
        return name in self.services

    def getSupportedServiceNames(self):
        return self.services


class Names(_Service, XTerminateListener):
    """Calc makes this before it looks up the first name that it does not know itself.

    Calc calls Basic functions by their bare names only in the user's library "Standard". They are put there for as
    long as the office runs, and taken out before it saves that library at its end.
    """

    name = "Names"
    services = (ADDIN,)

    def __init__(self, context):
        super().__init__(context)
        create = context.ServiceManager.createInstanceWithContext
        libraries = create("com.sun.star.script.ApplicationScriptLibraryContainer", context)
        if not libraries.hasByName(LIBRARY):
            libraries.createLibrary(LIBRARY)
        libraries.loadLibrary(LIBRARY)
        self.library = libraries.getByName(LIBRARY)
        for module, text in _modules():
            if not self.library.hasByName(module):
                self.library.insertByName(module, text)
            elif self._ours(module):
                self.library.replaceByName(module, text)
        create("com.sun.star.frame.Desktop", context).addTerminateListener(self)

    def queryTermination(self, event):
        pass

    def notifyTermination(self, event):
        for module, _ in _modules():
            if self.library.hasByName(module) and self._ours(module):
                self.library.removeByName(module)

    def _ours(self, module):
        """Whether a module of this name is not the user's own."""
        return self.library.getByName(module).startswith("' Duebook: ")

    def disposing(self, event):
        pass


def _modules():
    for file in sorted((HERE / "basic").glob("*.bas")):
        yield file.stem, file.read_text(encoding="utf-8")


class OldFunctions(_Service, XJob):
    """Answers every function with an error, and WHY with what is missing."""

    name = "Functions"
    services = (ROOM + "Functions",)

    def execute(self, call):
        if call[0].Name == "WHY":
            return _too_old(self.context)
        return struct.unpack("<d", struct.pack("<II", 519, 0x7FF80000))[0]  # Calc's own #VALUE!


class Press(_Service, XJobExecutor, XJob):
    """Menu and toolbar: `trigger` does what a button says and shows its sentence, `execute` gives the sentence."""

    name = "Press"
    services = (ROOM + "Press",)

    def trigger(self, button):
        if sys.version_info < OLDEST:
            _show(self.context, _too_old(self.context))
        else:
            _duebook().press(self.context, button)

    def execute(self, call):
        if sys.version_info < OLDEST:
            return _too_old(self.context)
        facts = {fact.Name: fact.Value for fact in call}
        return _duebook().said(self.context, facts["button"], facts.get("component"))


def _show(context, sentence):
    import uno

    create = context.ServiceManager.createInstanceWithContext
    frame = create("com.sun.star.frame.Desktop", context).CurrentFrame
    kind = uno.Enum("com.sun.star.awt.MessageBoxType", "INFOBOX")
    toolkit = create("com.sun.star.awt.Toolkit", context)
    toolkit.createMessageBox(frame.ContainerWindow, kind, 1, "Duebook", sentence).execute()


def functions(context):
    """What answers the functions."""
    return OldFunctions(context) if sys.version_info < OLDEST else _duebook().functions(context)


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Names, ROOM + "Names", Names.services)
g_ImplementationHelper.addImplementation(functions, ROOM + "Functions", OldFunctions.services)
g_ImplementationHelper.addImplementation(Press, ROOM + "Press", Press.services)
