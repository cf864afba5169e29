"""What the command line says on stderr about the pictures, as soon as they have been read."""

import sys

from tqdm import tqdm

from sslviz.runs.folder import RunFolder


class Told:
    """Says what was understood of the pictures, where there is something to say: once for all runs that share them."""

    def __init__(self) -> None:
        self.done = False

    def once(self, *folders: RunFolder) -> None:
        if self.done:
            return
        self.done = True
        for found in dict.fromkeys(folder.contents() for folder in folders):
            if found is not None and found.notes:
                tqdm.write("\n".join([f"{found.name}: {found.summary}", *found.notes]), file=sys.stderr)
