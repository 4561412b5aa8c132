"""What made a number: versions and build, for reports and ``capstake info``."""

from __future__ import annotations

import platform

from capstake import _core

__all__ = ["provenance"]


def provenance() -> dict[str, str]:
    """Name the versions, compiler, instruction set and platform in use."""
    import numpy as np

    build = _core.build_info()
    return {
        "capstake": build["version"],
        "Compiler": build["compiler"],
        "Instruction set": build["instruction_set"],
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "Platform": f"{platform.system()} {platform.machine()}",
    }
