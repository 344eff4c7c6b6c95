"""Installs wheels into a folder, as the wheel standard says (data files, record, entry points).

Arguments: the `installer` wheel (imported from its zip), the destination, the wheels. It resolves and
downloads nothing; console scripts go to a throw-away folder, because nothing here calls them.
"""

import os
import sys

installer_wheel, destination, *wheels = sys.argv[1:]
sys.path.insert(0, installer_wheel)

from installer import install  # noqa: E402
from installer.destinations import SchemeDictionaryDestination  # noqa: E402
from installer.sources import WheelFile  # noqa: E402

prefix = os.path.dirname(os.path.dirname(os.path.dirname(destination)))
scheme = {
    "purelib": destination,
    "platlib": destination,
    "headers": os.path.join(os.getcwd(), "headers"),
    "scripts": os.path.join(os.getcwd(), "scripts"),
    "data": prefix,
}
target = SchemeDictionaryDestination(scheme, interpreter=sys.executable, script_kind="posix")
for wheel in sorted(wheels, key=os.path.basename):
    # The store prefixes file names with a hash; the wheel standard wants the bare name.
    bare = os.path.join(os.getcwd(), os.path.basename(wheel).split("-", 1)[1])
    os.symlink(wheel, bare)
    with WheelFile.open(bare) as source:
        install(source, target, additional_metadata={"INSTALLER": b"mle-smith\n"})
    os.remove(bare)
