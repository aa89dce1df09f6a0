"""Rules that import-linter does not bring along; named in `pyproject.toml`, run by `./run check`."""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryOnly(Contract):
    """A package that imports itself and the standard library, and nothing else."""

    type_name = "standard_library_only"

    package = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Broken by every import of anything else, with file and line."""
        own = {self.package} | graph.find_descendants(self.package)
        foreign = [
            f"{module}:{detail['line_number']} imports {imported}"
            for module in sorted(own)
            for imported in sorted(graph.find_modules_directly_imported_by(module) - own)
            if imported.partition(".")[0] not in sys.stdlib_module_names
            for detail in graph.get_import_details(importer=module, imported=imported)
        ]
        return ContractCheck(kept=not foreign, metadata={"foreign": foreign})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line per import."""
        for line in check.metadata["foreign"]:
            output.print_error(line)
