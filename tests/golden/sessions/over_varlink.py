#!/usr/bin/env python3
"""linkstat diagnose as linkstatd answers it: pages of SumSessions from a peer that is none.
The answer must be that of the same sessions as a table. Usage: over_varlink.py LINKSTAT"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading

LINKSTAT = sys.argv[1]
PATH = "pci-0000:00:14.0-usb-0:"


def session(port, cable, device, hours, drops):
    return {
        "id": 1, "started_at": "2026-11-22T14:00:00Z", "ended_at": None, "open": False,
        "host": "bench", "host_id": "x", "controller": "pci-0000:00:14.0", "port": PATH + port,
        "name": "1-" + port, "label": "left front" if port == "1" else None, "hubs": [],
        "cable": cable, "cable_assumed": False, "device": "05ac:12a8:" + device,
        "model": "05ac:12a8", "product": "iPhone", "connected_hours": hours, "drops": drops,
        "sessions": 1, "sessions_with_drops": int(isinstance(drops, int) and drops > 0),
        "drops_by_power": 0, "drops_by_host": 0, "drops_by_hub": 0, "drops_by_device": 0,
    }


SESSIONS = [
    session("1", "white 2 m", "A", 0.4, 2), session("2", "white 2 m", "B", 0.4, 2),
    session("1", "apple", "A", 4, 0), session("2", "apple", "B", 4, 0),
]
PAGES = {None: (SESSIONS[:2], "2"), "2": (SESSIONS[2:], None)}


def incident(number):
    return {
        "id": number, "opened_at": f"2026-11-22T14:{5 * number:02}:0{number % 3}Z",
        "closed_at": None, "port": PATH + "1", "name": "1-1", "label": None, "device": None,
        "cause": "link-loss", "side": "link", "drop": True, "confidence": 0.9, "count": 1,
        "resets": 0, "why": "", "back_after_seconds": None, "evidence": [],
        "evidence_omitted": 0,
    }


INCIDENTS = [incident(number) for number in range(12)]


def job(number):
    """A restore that failed: around the drop of the same number, always near 37 %."""
    return {
        "id": number, "began_at": f"2026-11-22T14:{5 * number:02}:00Z",
        "ended_at": f"2026-11-22T14:{5 * number:02}:30Z", "outcome": "exited", "code": 1,
        "command": "idevicerestore", "note": None, "port": None, "cable": None,
        "place": f"at {37 + number % 2} % of the file system, 212 s into restore mode",
        "place_percent": 37 + number % 2, "place_phase": "file system",
        "incidents": 1, "drops": 1, "ports": [],
    }


JOBS = [job(number) for number in range(6)]


def serve(listener, pages, calls):
    while True:
        answer(listener.accept()[0], pages, calls)


def answer(peer, pages, calls):
    data = b""
    with peer:
        while True:
            more = peer.recv(65536)
            if not more:
                return
            data += more
            while b"\0" in data:
                message, data = data.split(b"\0", 1)
                call = json.loads(message)
                calls.append(call)
                if call["method"].endswith("ListDrops"):
                    rows, cursor, name = INCIDENTS, None, "incidents"
                elif call["method"].endswith("ListJobs"):
                    rows, cursor, name = JOBS, None, "jobs"
                elif call["method"].endswith("ListSessions"):
                    rows, cursor, name = [], None, "sessions"
                else:
                    rows, cursor = pages[call.get("parameters", {}).get("cursor")]
                    name = "sums"
                reply = {"parameters": {name: rows, "cursor": cursor}}
                peer.sendall(json.dumps(reply).encode() + b"\0")


def ask(pages, *arguments):
    calls = []
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            thread = threading.Thread(target=serve, args=(listener, pages, calls), daemon=True)
            thread.start()
            done = subprocess.run([LINKSTAT, "--socket", path, "diagnose", "--json", *arguments],
                                  capture_output=True, text=True, timeout=600)
    return done, calls


def check(what, right):
    print("ok     " if right else "FAILED ", what)
    return bool(right)


def main():
    good = True
    done, calls = ask(PAGES)
    answer = json.loads(done.stdout)
    good &= check("exit code 1: a part is at fault", done.returncode == 1)
    good &= check("the white cable it is", answer["verdict"] == "cable:white 2 m")
    good &= check("both pages were read", answer["sessions"] == 4 and
                  [call["method"] for call in calls].count("io.linkstat.SumSessions") == 2)
    good &= check("drops at even intervals are a pattern",
                  "periodic" in [pattern["kind"] for pattern in answer["patterns"]])
    good &= check("jobs that fail at the same point are one, too",
                  "same-point" in [pattern["kind"] for pattern in answer["patterns"]])
    good &= check("and no other is seen", len(answer["patterns"]) == 2)
    good &= check("all ports are asked for", "ports" not in calls[0].get("parameters", {}))
    table = "\n".join(json.dumps(row) for row in SESSIONS)
    typed = subprocess.run([LINKSTAT, "diagnose", "--sessions", "-", "--json"], input=table,
                           capture_output=True, text=True, timeout=600)
    same = json.loads(typed.stdout)
    good &= check("the same as a table: probability",
                  abs(same["probability"] - answer["probability"]) < 1e-9)
    good &= check("the same as a table: verdict", same["verdict"] == answer["verdict"])

    for name, known in (("left front", 0), ("1-1", 0), (PATH + "1", 0), ("iPhone", 0), ("9-9", 2)):
        done, _ = ask(PAGES, name)
        good &= check(f"asked for {name}", (done.returncode == 2) == (known == 2))

    done, _ = ask({None: ([], None)})
    answer = json.loads(done.stdout)
    good &= check("no session: not enough data, exit code 0",
                  done.returncode == 0 and answer["verdict"] == "not-enough-data")
    for wrong in ({"drops": "many"}, {"connected_hours": -1}, {"drops_by_hub": 7},
                  {"device": "x" * 4000}, {"hubs": [1]}):
        done, _ = ask({None: ([{**session("1", None, "A", 1, 0), **wrong}], None)})
        good &= check(f"refused: {list(wrong)[0]}", done.returncode in (2, 3) and done.stderr)
    return 0 if good else 1


sys.exit(main())
