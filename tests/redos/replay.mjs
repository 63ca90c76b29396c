// Whether attacks hold on V8: lines {"regex", "flags", "all", "segs", "suffix", "class"} in, {"grows", "power", "length", "ms"} out.
// Times are CPU times, so that a busy machine does not bend them.
import { createInterface } from 'node:readline';
import vm from 'node:vm';

const LIMIT = 4000; // ms of a run before it is stopped
const ENOUGH = 25; // ms that can be told from noise
const LONGEST = 1 << 18;

function runner(regex, flags, all) {
  const box = vm.createContext({ re: new RegExp(regex, flags), text: '' });
  const script = new vm.Script(all ? 're.lastIndex = 0; text.replace(re, "")' : 're.lastIndex = 0; re.exec(text)');
  return (text) => {
    box.text = text;
    let best = Infinity;
    for (let run = 0; run < 3; run++) {
      const before = process.cpuUsage();
      let stopped = false;
      try {
        script.runInContext(box, { timeout: LIMIT });
      } catch (error) {
        if (error.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        stopped = true;
      }
      const { user, system } = process.cpuUsage(before);
      if (stopped) return { ms: (user + system) / 1e3, stopped };
      best = Math.min(best, (user + system) / 1e3);
    }
    return { ms: best, stopped: false };
  };
}

export function grade(time, segs, suffix, isExponential) {
  const text = (pumps) => segs.map(([prefix, pump]) => prefix + pump.repeat(pumps)).join('') + suffix;
  const runs = [];
  let pumps = 1;
  for (;;) {
    const { ms, stopped } = time(text(pumps));
    if (!stopped) runs.push({ pumps, ms, length: text(pumps).length });
    if (stopped || ms > ENOUGH * 4 || text(pumps).length > LONGEST) break;
    pumps = isExponential ? pumps + 1 : pumps < 16 ? pumps + 1 : Math.ceil(pumps * 1.3);
  }
  const last = runs.at(-1);
  if (!last) return { grows: isExponential, power: null, length: text(1).length, ms: LIMIT };
  const told = runs.filter((run) => run.ms >= 1 && run.pumps < last.pumps);
  const first = told.at(isExponential ? -2 : 0) ?? told[0];
  const power = first ? Math.log(last.ms / first.ms) / Math.log(last.pumps / first.pumps) : 99;
  const grows = isExponential ? last.length < 3000 && power > 4.5 : power > 1.45 && last.ms > 4;
  return { grows, power: +power.toFixed(2), length: last.length, ms: +last.ms.toFixed(1) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const attack = JSON.parse(line);
  const time = runner(attack.regex, attack.flags, attack.all);
  console.log(JSON.stringify({ id: attack.id, ...grade(time, attack.segs, attack.suffix, attack.class === 'exponential') }));
}
