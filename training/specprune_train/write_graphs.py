"""Writes the graphs of published model folders again, after a change of the exporter; weights and golden vectors stay."""

from __future__ import annotations

import argparse
from pathlib import Path

from .bundle import write_graphs_again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="for example public/models/object public/models/object-int8")
    for folder in parser.parse_args().folders:
        write_graphs_again(folder)
        print(folder)


if __name__ == "__main__":
    main()
