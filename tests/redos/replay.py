"""Whether attacks hold on CPython's `re`: lines {"regex", "flags", "use", "segs", "suffix", "class"} in,
{"grows", "power", "length", "ms"} out. Times are CPU times, so that a busy machine does not bend them."""
import json
import math
import re
import signal
import sys
import time
import warnings

warnings.simplefilter("ignore")
LIMIT = 4.0  # seconds of a run before it is stopped
ENOUGH = 0.025  # seconds that can be told from noise
LONGEST = 1 << 17
LETTERS = {"i": re.I, "m": re.M, "s": re.S, "x": re.X, "a": re.A, "u": re.U}
METHODS = {
    "search": lambda pattern, text: pattern.search(text),
    "match": lambda pattern, text: pattern.match(text),
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "iterate": lambda pattern, text: sum(1 for _ in pattern.finditer(text)),
}


class Stopped(Exception):
    pass


def stop(*_):
    raise Stopped


def seconds(ask, text):
    best = math.inf
    for _ in range(3):
        before = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, LIMIT)
        try:
            ask(text)
        except Stopped:
            return None
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        best = min(best, time.process_time() - before)
    return best


def grade(ask, segs, suffix, is_exponential):
    def text(pumps):
        return "".join(prefix + pump * pumps for prefix, pump in segs) + suffix

    runs, pumps = [], 1
    while True:
        taken = seconds(ask, text(pumps))
        if taken is not None:
            runs.append((pumps, taken, len(text(pumps))))
        if taken is None or taken > ENOUGH * 4 or len(text(pumps)) > LONGEST:
            break
        pumps = pumps + 1 if is_exponential or pumps < 16 else math.ceil(pumps * 1.3)
    if not runs:
        return {"grows": is_exponential, "power": None, "length": len(text(1)), "ms": LIMIT * 1e3}
    last = runs[-1]
    told = [run for run in runs if run[1] >= 0.001 and run[0] < last[0]]
    first = (told[-2] if is_exponential and len(told) > 1 else told[0]) if told else None
    power = math.log(max(last[1], 1e-6) / first[1]) / math.log(last[0] / first[0]) if first else 99
    grows = last[2] < 3000 and power > 4.5 if is_exponential else power > 1.45 and last[1] > 0.004
    return {"grows": grows, "power": round(power, 2), "length": last[2], "ms": round(last[1] * 1e3, 1)}


signal.signal(signal.SIGPROF, stop)
for line in sys.stdin:
    attack = json.loads(line)
    flags = sum(LETTERS.get(letter, 0) for letter in attack["flags"])
    pattern = re.compile(attack["regex"], flags)
    method = METHODS[attack["use"]]
    found = grade(lambda text: method(pattern, text), attack["segs"], attack["suffix"], attack["class"] == "exponential")
    print(json.dumps({"id": attack.get("id"), **found}))
