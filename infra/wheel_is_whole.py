"""Ask a clean environment whether the wheel holds every file and every module imports."""

import importlib
import os
import subprocess
import sys
import zipfile
from pathlib import PurePosixPath

ROOTS = ("schemas", "streams", "services")
# What only an extra brings may be absent: the runtime lock holds no extra.
EXTRAS = {"homeward.testing": {"hypothesis", "pytest"}}


def tracked() -> set[str]:
    folders = [f"{root}/homeward" for root in ROOTS]
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders],
        check=True,
        capture_output=True,
        text=True,
    )
    present = filter(os.path.exists, listing.stdout.splitlines())
    return {path.split("/", 1)[1] for path in present}


def imports(name: str) -> str | None:
    """Why the module does not import, or None."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as absent:
        for module, packages in EXTRAS.items():
            if f"{name}.".startswith(f"{module}.") and absent.name in packages:
                return None
        return f"{name}: {absent}"
    except Exception as broken:  # noqa: BLE001 - whatever it is, it is the answer
        return f"{name}: {broken!r}"
    return None


def main() -> int:
    names = set(zipfile.ZipFile(sys.argv[1]).namelist())
    faults = [f"not in the wheel: {path}" for path in sorted(tracked() - names)]
    modules = sorted(
        ".".join(PurePosixPath(name).with_suffix("").parts).removesuffix(".__init__")
        for name in names
        if name.endswith(".py") and not name.endswith("__main__.py")
    )
    faults += [fault for fault in map(imports, modules) if fault]
    print(*faults, f"{len(modules)} modules, {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
