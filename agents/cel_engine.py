"""CEL's engine without the package around it.

`import cel` also loads the package's command line, which costs every command and worker 0.5 s.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cel import Program as Program
    from cel import compile as compile
else:
    _name = "cel.cel"
    if _name not in sys.modules:  # the engine can be loaded only once in a process
        _spec = PathFinder.find_spec(_name, find_spec("cel").submodule_search_locations)
        sys.modules[_name] = module_from_spec(_spec)
        _spec.loader.exec_module(sys.modules[_name])
    Program, compile = sys.modules[_name].Program, sys.modules[_name].compile
