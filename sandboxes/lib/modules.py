"""Imports every module that must work and lists the top-level modules that exist here.

Arguments: the folder of installed packages, then further modules to import. Exits with an error that
names the first module that does not import.
"""

import importlib
import importlib.util
import pkgutil
import sys

packages, *required = sys.argv[1:]

# Imports with side effects (antigravity opens a browser, this prints) are listed, never run.
installed = sorted(m.name for m in pkgutil.iter_modules([packages]))
for name in [*required, *(n for n in installed if not n.startswith("_"))]:
    try:
        importlib.import_module(name)
    except Exception as error:
        sys.exit(f"the module {name} does not import: {error!r}")

standard = sorted(n for n in sys.stdlib_module_names if importlib.util.find_spec(n))
for name in sorted({*standard, *installed}):
    print(name)
