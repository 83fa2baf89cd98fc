#!/usr/bin/env python3
"""Compares what read_log finds in labelled logs with their labels: recall and precision by kind.

evaluate.py READ_LOG CORPUS [-v]: CORPUS/logs holds NNN.txt with NNN.json; its README defines the
labels. Ends with 77 (skipped) where there is no corpus, and with 1 if a line of a file without
split lines is missed or a find is false.
"""

import collections
import json
import pathlib
import subprocess
import sys

KINDS = {
    "connect": "connect",
    "disconnect": "disconnect",
    "reset": "reset",
    "enum_fail": "enumeration-failure",
    "overcurrent": "over-current",
    "emi_disable": "emi-disable",
    "hc_died": "controller-died",
    "link_error": "link-trouble",
    "resume_fail": "resume-failure",
    "power_reject": "power-rejected",
    "speed_downgrade": "speed-downgrade",
}


def read(read_log, path):
    """Lines by (port, kind), and the summary."""
    out = subprocess.run([read_log, str(path)], capture_output=True, check=True).stdout
    found = collections.defaultdict(list)
    summary = ""
    for line in out.decode().splitlines():
        if line.startswith("#"):
            summary = line[2:]
            continue
        number, _boot, port, kind, _mono, _real, text = line.split("\t", 6)
        if kind in KINDS.values():
            found[port, kind].append((number, text))
    return found, summary


def labelled(label):
    want = collections.Counter()
    for event in label["events"]:
        want[event["port"], KINDS[event["kind"]]] += event["count"]
    return want


class Score:
    def __init__(self):
        self.want = collections.Counter()
        self.found = collections.Counter()
        self.right = collections.Counter()

    def add(self, want, found):
        for key in set(want) | set(found):
            n_found = len(found.get(key, ()))
            self.want[key[1]] += want[key]
            self.found[key[1]] += n_found
            self.right[key[1]] += min(want[key], n_found)

    def show(self, title):
        print(title)
        for kind in list(KINDS.values()) + ["all"]:
            counts = [
                sum(c.values()) if kind == "all" else c[kind]
                for c in (self.right, self.want, self.found)
            ]
            right, want, found = counts
            recall = 100 * right / want if want else 100.0
            precision = 100 * right / found if found else 100.0
            print(
                f"  {kind:20} recall {recall:6.2f} % ({right}/{want})"
                f"  precision {precision:6.2f} % ({right}/{found})"
            )

    def perfect(self):
        return self.want == self.found == self.right


def differences(path, want, found):
    for key in sorted(set(want) | set(found)):
        lines = found.get(key, [])
        if want[key] > len(lines):
            print(f"missed: {path.name}: {want[key] - len(lines)} x {key[1]} of {key[0]}")
        for number, text in lines[want[key] :] if len(lines) > want[key] else []:
            print(f"false:  {path.name}:{number}: {key[1]} of {key[0]}: {text}")


def main():
    if len(sys.argv) < 3 or not pathlib.Path(sys.argv[2], "logs").is_dir():
        print("SKIPPED: there is no corpus of labelled logs here; nothing was evaluated.")
        return 77
    every, whole = Score(), Score()
    verbose = "-v" in sys.argv
    clean = True
    for path in sorted(pathlib.Path(sys.argv[2], "logs").glob("*.txt")):
        label = json.loads(path.with_suffix(".json").read_text())
        found, summary = read(sys.argv[1], path)
        want = labelled(label)
        if verbose:
            print(f"{path.name}: {summary} ({label['format']})")
        if label["class"] == "legacy-2.4":
            continue
        every.add(want, found)
        if label["class"] in ("negative", "hostile") and found:
            clean = False
        if not label.get("split_across_lines") and not label.get("joined_on_one_line"):
            whole.add(want, found)
        differences(path, want, found)
    every.show("All files:")
    whole.show("Without files that have split or joined lines:")
    return 0 if clean and whole.perfect() else 1


if __name__ == "__main__":
    sys.exit(main())
