"""How much work one uploaded file may cause."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the reading process and of what a file may hold."""

    memory_bytes: int = 512 * MIB  # address space of the child process
    cpu_seconds: int = 30  # plus `file size / bytes_per_second` for honest big files
    wall_seconds: int = 30  # time the caller waits for the child; the caller's own work is free
    bytes_per_second: int = 1 * MIB  # slowest reading speed that is still believed to be progress
    max_file_bytes: int = 2048 * MIB
    max_unpacked_bytes: int = 2048 * MIB  # declared size of all parts of a zipped workbook
    max_packing_ratio: int = (
        150  # unpacked over packed size of one part; honest sheets stay below 60
    )
    max_rows: int = 2_000_000  # per sheet
    max_columns: int = 500
    max_cell_characters: int = 100_000
    max_line_characters: int = 8 * MIB  # one physical line of a CSV file, one cell of a workbook
    max_sheets: int = 500
    batch_rows: int = 2_000
    batch_characters: int = 4 * MIB  # a batch ends early when its cells hold more than this
    message_bytes: int = 256 * MIB  # longest answer the parent accepts from the child

    def scaled_seconds(self, seconds: int, file_bytes: int) -> int:
        """Return ``seconds`` plus the time an honest file of this size may need."""
        return seconds + file_bytes // self.bytes_per_second
