"""Samples of public source code, from which the tables of `src/detect/rule` are counted."""

import math
import random
import subprocess

BUDGET = 6_000_000
FILE = 200_000


def texts(repository):
    """Texts of a git repository's files at HEAD: up to 6 MB, spread over all, so that each repository weighs the same."""
    git = ["git", "-C", repository]
    listed = subprocess.run(git + ["ls-tree", "-r", "-z", "HEAD"], capture_output=True, check=True).stdout
    blobs = [entry.split()[2].decode() for entry in listed.split(b"\0") if entry.split()[1:2] == [b"blob"]]
    random.Random(1).shuffle(blobs)
    left = BUDGET
    with subprocess.Popen(git + ["cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cat:
        for blob in blobs:
            cat.stdin.write(blob.encode() + b"\n")
            cat.stdin.flush()
            answer = cat.stdout.readline().split()
            if answer[-1] == b"missing":
                continue
            size = int(answer[2])
            text = cat.stdout.read(size + 1)[:-1]
            if b"\0" in text[:8000] or size > FILE:
                continue
            yield text
            left -= size
            if left < 0:
                break
        cat.stdin.close()


def level(share):
    """A character for a share: `!` and what comes behind it in ASCII, a quarter of a bit of surprise each."""
    return chr(33 + min(93, round(-4 * math.log2(share))))
