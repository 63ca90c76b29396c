"""What `re` matches: lines {"regex", "flags", "use", "text"} in, spans of the groups, null or "error" out."""
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")
LETTERS = {"i": re.I, "m": re.M, "s": re.S, "x": re.X, "a": re.A}
for line in sys.stdin:
    question = json.loads(line)
    try:
        flags = sum(LETTERS.get(letter, 0) for letter in question["flags"])
        pattern = re.compile(question["regex"], flags)
        match = getattr(pattern, question["use"])(question["text"])
        answer = match and [None if span == (-1, -1) else span for span in match.regs]
    except (re.error, OverflowError, RecursionError):
        answer = "error"
    print(json.dumps(answer))
