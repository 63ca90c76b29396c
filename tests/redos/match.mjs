// What RegExp matches: lines {"regex", "flags", "text"} in, spans of the groups, null or "error" out.
import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  const { regex, flags, text } = JSON.parse(line);
  let answer;
  try {
    const match = new RegExp(regex, flags + 'd').exec(text);
    answer = match && Array.from(match.indices, (span) => span ?? null);
  } catch {
    answer = 'error';
  }
  console.log(JSON.stringify(answer));
}
