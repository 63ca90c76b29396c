"""CPU time of a pattern: `python3 tests/redos/cpu.py target/release/crossgrain ROWS.jsonl` asks `crossgrain regex --jsonl -`
one line at a time and reads /proc/PID/task/*/schedstat (Linux) once it sleeps again, so that a busy machine does not bend it."""
import glob
import subprocess
import sys
import time

program, rows = sys.argv[1:]
child = subprocess.Popen([program, "regex", "--jsonl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def milliseconds():
    while open(f"/proc/{child.pid}/stat").read().rsplit(")", 1)[1].split()[0] == "R":
        time.sleep(0.0002)
    return sum(int(open(task).read().split()[0]) for task in glob.glob(f"/proc/{child.pid}/task/*/schedstat")) / 1e6


taken = []
for row in open(rows, "rb"):
    before = milliseconds()
    child.stdin.write(row)
    child.stdin.flush()
    child.stdout.readline()
    taken.append(milliseconds() - before)
child.stdin.close()
child.wait()
taken.sort()
at = lambda share: taken[min(len(taken) - 1, int(share * len(taken)))]
print(f"{len(taken)} patterns: median {at(0.5):.2f} ms, 95 % {at(0.95):.2f} ms, worst {taken[-1]:.1f} ms, all {sum(taken):.0f} ms")
