"""The LibreOffice extension `duebook.oxt`, from text: same input, same bytes.

Inside: the component that the office loads (`addin/libreoffice`), the Basic functions with the bare names, the part of
Duebook that the functions need, the pure Python packages that this part needs, menu and toolbar, and every license.
Nothing of it is compiled, so one file serves all systems.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from duebook.books.package import replaced
from duebook.core import resources
from duebook.core.cells import Label
from duebook.core.messages import LANGUAGES, text
from duebook.core.version import VERSION
from duebook.hosts import catalogue
from duebook.hosts.addin import ribbon
from duebook.hosts.addin.subset import subset, text_of
from duebook.hosts.excel.buttons import buttons
from duebook.hosts.libreoffice import shims
from duebook.hosts.libreoffice.buttons import BUTTONS

FILE = "duebook.oxt"
IDENTIFIER = "duebook.hosts.libreoffice"
OLDEST_OFFICE = "7.4"
"""The LibreOffice that it was tried in."""
COMPONENT = "duebook_addin.py"
PACKAGES = ("holidays", "python-dateutil", "python-stdnum", "six")
"""What the functions need beside Duebook; all are pure Python."""
PRESS = "service:duebook.hosts.libreoffice.Press?"
_ROOTS = ("duebook.hosts.libreoffice.extension",)
_UNUSED = ("holidays/locale/", "dateutil/zoneinfo/")
"""Names of holidays in other languages, and time zones: no function reads them."""
_OWN = ("insert_function",)
_ICONS = {"insert_function": "help", "explain_cell": "explain", "language": "language"}
_DATE = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMAS = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def build_oxt(folder: Path) -> Path:
    """Writes the extension into `folder`, whole or not at all."""
    target = folder / FILE
    data = oxt()

    def write(file: BinaryIO) -> None:
        file.write(data)

    replaced(target, write)
    return target


@cache
def oxt() -> bytes:
    """The extension's bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in contents().items():
            entry = zipfile.ZipInfo(path, _DATE)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()


def contents() -> dict[str, bytes]:
    """Path in the extension → bytes."""
    found = {f"pythonpath/{path}": data for path, data in subset(_ROOTS).items()}
    for package in PACKAGES:
        found |= _packaged(package)
    found["licenses/duebook/LICENSE"] = _duebook_license()
    for name, code in shims.modules(catalogue.functions()).items():
        found[f"basic/{name}.bas"] = code.encode()
    for language in LANGUAGES:
        found[f"description/about.{language}.txt"] = f"{text('extension.about', language)}\n".encode()
        sentence = text("extension.old_python", language, found="{found}")
        found[f"description/old_python.{language}.txt"] = f"{sentence}\n".encode()
    pictures = ribbon.icons()
    found |= {f"icons/{icon}.png": pictures[icon] for icon in _ICONS.values()}
    found[COMPONENT] = text_of(resources.addin() / "libreoffice" / COMPONENT)
    found["description.xml"] = description().encode()
    found["Addons.xcu"] = addons().encode()
    found["CalcWindowState.xcu"] = window_state().encode()
    found["META-INF/manifest.xml"] = manifest().encode()
    return dict(sorted(found.items()))


# --- the packages that come along -------------------------------------------------------------------------------------


def _packaged(package: str) -> dict[str, bytes]:
    """A package's modules and data below `pythonpath`, its licenses below `licenses`."""
    found: dict[str, bytes] = {}
    for file in metadata.files(package) or ():
        path = PurePosixPath(file.as_posix())
        if path.parts[0].endswith(".dist-info"):
            if path.name.split(".")[0] in ("LICENSE", "COPYING", "CONTRIBUTORS"):
                found[f"licenses/{package}/{path.name}"] = _bytes(file)
            elif path.name == "METADATA":  # holidays asks there for its own version
                found[f"pythonpath/{path}"] = _bytes(file)
        elif _wanted(path):
            found[f"pythonpath/{path}"] = _bytes(file)
    return found


def _wanted(path: PurePosixPath) -> bool:
    outside = path.parts[0] in ("..", "bin", "tests")
    return not (outside or "__pycache__" in path.parts or str(path).startswith(_UNUSED))


def _bytes(file: metadata.PackagePath) -> bytes:
    return Path(str(file.locate())).read_bytes()


def _duebook_license() -> bytes:
    """Beside the checkout, or with the installed package."""
    kept = resources.root().parent.parent / "LICENSE"
    if kept.is_file():
        return text_of(kept)
    (file,) = (file for file in metadata.files("duebook") or () if file.name == "LICENSE")
    return text_of(Path(str(file.locate())))


# --- what the office reads --------------------------------------------------------------------------------------------


def manifest() -> str:
    entries = {
        COMPONENT: "application/vnd.sun.star.uno-component;type=Python",
        "Addons.xcu": "application/vnd.sun.star.configuration-data",
        "CalcWindowState.xcu": "application/vnd.sun.star.configuration-data",
    }
    lines = "".join(
        f' <manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{path}"/>\n'
        for path, kind in entries.items()
    )
    return (
        f'{_XML}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{lines}</manifest:manifest>\n'
    )


def description() -> str:
    """Name, version, oldest office and what it is, in both languages; an MIT license asks for no consent."""
    about = "".join(
        f'  <src lang="{language}" xlink:href="description/about.{language}.txt"/>\n' for language in LANGUAGES
    )
    names = "".join(f'  <name lang="{language}">Duebook</name>\n' for language in LANGUAGES)
    return f"""{_XML}<description xmlns="http://openoffice.org/extensions/description/2006"
 xmlns:l="http://libreoffice.org/extensions/description/2011" xmlns:xlink="http://www.w3.org/1999/xlink">
 <identifier value="{IDENTIFIER}"/>
 <version value="{VERSION}"/>
 <dependencies>
  <l:LibreOffice-minimal-version value="{OLDEST_OFFICE}" l:name="LibreOffice {OLDEST_OFFICE}"/>
 </dependencies>
 <display-name>
{names} </display-name>
 <extension-description>
{about} </extension-description>
</description>
"""


def labels() -> Mapping[str, Label]:
    """Name → label of each entry; those that the ribbon has too are called as there."""
    declared = buttons()
    own = {name: Label(*(text(f"extension.{name}", language) for language in LANGUAGES)) for name in _OWN}
    return {name: own[name] if name in own else declared[name].label for name in BUTTONS}


def addons() -> str:
    """Menu and toolbar of Calc, with their pictures."""
    entries = list(enumerate(labels().items(), start=1))
    menu = "".join(_entry(f"m{number}", name, label, 5) for number, (name, label) in entries)
    bar = "".join(_entry(f"t{number}", name, label, 4) for number, (name, label) in entries)
    pictures = "".join(
        f"""   <node oor:name="duebook.{name}" oor:op="replace">
    <prop oor:name="URL"><value>{PRESS}{name}</value></prop>
    <node oor:name="UserDefinedImages">
     <prop oor:name="ImageSmallURL"><value>%origin%/icons/{_ICONS[name]}.png</value></prop>
     <prop oor:name="ImageBigURL"><value>%origin%/icons/{_ICONS[name]}.png</value></prop>
    </node>
   </node>
"""
        for name in BUTTONS
    )
    return f"""{_XML}<oor:component-data {_SCHEMAS} oor:package="org.openoffice.Office" oor:name="Addons">
 <node oor:name="AddonUI">
  <node oor:name="OfficeMenuBar">
   <node oor:name="duebook" oor:op="replace">
    <prop oor:name="Title"><value>Duebook</value></prop>
    <prop oor:name="Context"><value>com.sun.star.sheet.SpreadsheetDocument</value></prop>
    <node oor:name="Submenu">
{menu}    </node>
   </node>
  </node>
  <node oor:name="OfficeToolBar">
   <node oor:name="duebook" oor:op="replace">
{bar}   </node>
  </node>
  <node oor:name="Images">
{pictures}  </node>
 </node>
</oor:component-data>
"""


def _entry(node: str, name: str, label: Label, depth: int) -> str:
    lines = [
        f'<node oor:name="{node}" oor:op="replace">',
        f' <prop oor:name="URL"><value>{PRESS}{name}</value></prop>',
        f' <prop oor:name="Title">{"".join(_values(label))}</prop>',
        ' <prop oor:name="Context"><value>com.sun.star.sheet.SpreadsheetDocument</value></prop>',
        "</node>",
    ]
    return "".join(f"{' ' * depth}{line}\n" for line in lines)


def _values(label: Label) -> Iterator[str]:
    """A text in each language; regions of Chinese find it under `zh-CN` and `zh-TW`."""
    for language, told in (("en-US", str(label)), ("zh-CN", label.zh), ("zh-TW", label.zh)):
        yield f"<value xml:lang={quoteattr(language)}>{escape(told)}</value>"


def window_state() -> str:
    """The toolbar's name in the list of toolbars, and where it stands."""
    return f"""{_XML}<oor:component-data {_SCHEMAS} oor:package="org.openoffice.Office.UI" oor:name="CalcWindowState">
 <node oor:name="UIElements">
  <node oor:name="States">
   <node oor:name="private:resource/toolbar/addon_duebook" oor:op="replace">
    <prop oor:name="UIName"><value>Duebook</value></prop>
    <prop oor:name="DockPos"><value>0,2</value></prop>
    <prop oor:name="Docked"><value>true</value></prop>
    <prop oor:name="Visible"><value>true</value></prop>
   </node>
  </node>
 </node>
</oor:component-data>
"""
