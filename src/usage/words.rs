//! The words of scripts and of configuration, with what their place says about them.

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    /// Its offset.
    pub(super) at: usize,
    pub(super) place: Standing,
    /// The command that it belongs to installs packages.
    pub(super) installs: bool,
}

/// How a word stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Where a command or a value stands.
    First,
    /// Where the name of a script of the project may stand: `npm run …`.
    Script,
    /// As a key.
    Key,
    /// Anywhere else.
    Other,
}

/// Calls `take` with the words of a script: of a shell, a build service, an image, a make file.
pub(super) fn of_script<'t>(text: &'t str, take: &mut impl FnMut(Word<'t>)) {
    let bytes = text.as_bytes();
    let mut place = Standing::First;
    let mut installs = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if is_word_byte(byte) {
            let start = at;
            while bytes.get(at).is_some_and(|&byte| is_word_byte(byte)) {
                at += 1;
            }
            let Some(word) = text.get(start..at) else { continue };
            // `KEY=value command`, `key: value`
            let next = bytes.get(at).copied();
            let is_key = next == Some(b':') && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace)
                || bytes.get(at..at + 3) == Some(b" = ");
            let is_set = next == Some(b'=');
            take(Word { text: word, at: start, place: if is_key { Standing::Key } else { place }, installs });
            installs |= matches!(word, "install" | "add" | "i" | "sync");
            place = if is_key || (is_set && place == Standing::First) || place_after(word, place) == Standing::First {
                Standing::First
            } else {
                place_after(word, place)
            };
            if is_set && !is_key {
                // The value of a variable is no command.
                at += 1;
                let value = at;
                while bytes.get(at).is_some_and(|&byte| is_word_byte(byte)) {
                    at += 1;
                }
                if let Some(text) = text.get(value..at).filter(|text| !text.is_empty()) {
                    take(Word { text, at: value, place: Standing::Other, installs });
                }
            }
            continue;
        }
        match byte {
            b'\n' | b';' | b'|' | b'&' | b'(' | b'`' => {
                place = Standing::First;
                // A command goes on after a backslash.
                installs &= byte == b'\n' && at > 0 && bytes[at - 1] == b'\\';
            }
            b'"' | b'\'' | b'[' | b'=' => place = Standing::First,
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => {
                at += text.get(at..).and_then(|rest| rest.find('\n')).unwrap_or(bytes.len() - at);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// How the next word stands.
fn place_after(word: &str, place: Standing) -> Standing {
    let last = word.rsplit('/').next().unwrap_or(word);
    // A script may run what it is passed: `node run.js mocha test`.
    if [".js", ".cjs", ".mjs"].iter().any(|end| last.ends_with(end)) && word.contains('/') {
        return Standing::First;
    }
    match last {
        "run" | "run-script" | "npm-run-all" | "run-s" | "run-p" | "npm" | "yarn" | "pnpm" | "bun" => Standing::Script,
        "npx"
        | "bunx"
        | "pnpx"
        | "exec"
        | "dlx"
        | "env"
        | "cross-env"
        | "cross-env-shell"
        | "sudo"
        | "time"
        | "nohup"
        | "dotenv"
        | "c8"
        | "nyc"
        | "then"
        | "do"
        | "if"
        | "xargs"
        | "concurrently"
        | "nodemon"
        | "start-server-and-test"
        | "RUN"
        | "CMD"
        | "ENTRYPOINT"
        | "--"
        | "-m"
        | "-r"
        | "--require"
        | "--import"
        | "--loader"
        | "--experimental-loader"
        | "-p"
        | "--plugin"
        | "--exec"
        | "-x"
        | "coverage"
        | "!"
        | "-c"
        | "--reporter"
        | "--preset"
        | "--parser"
        | "--use"
        | "-u"
        | "--env"
        | "--environment"
        | "--ui"
        | "-k"
        | "--worker-class"
        | "watch"
        | "poetry"
        | "uv"
        | "pipenv"
        | "pdm"
        | "hatch"
        | "opentelemetry-instrument"
        | "ddtrace-run" => Standing::First,
        _ if word.starts_with('-') && matches!(place, Standing::First | Standing::Script) => place,
        _ => Standing::Other,
    }
}

/// Calls `take` with what stands in quotes in a text of JSON, JavaScript and the like. Comments are passed over.
pub(super) fn in_quotes<'t>(text: &'t str, take: &mut impl FnMut(Word<'t>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = || text.get(at..).unwrap_or_default();
        match byte {
            b'/' if bytes.get(at + 1) == Some(&b'/') => at += rest().find('\n').unwrap_or(bytes.len() - at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at += rest().find("*/").map_or(bytes.len() - at, |end| end + 2),
            b'"' | b'\'' | b'`' => {
                let start = at + 1;
                let mut end = start;
                while let Some(&inner) = bytes.get(end) {
                    match inner {
                        b'\\' => end += 1,
                        b'\n' if byte != b'`' => break,
                        inner if inner == byte => break,
                        _ => {}
                    }
                    end += 1;
                }
                at = end + 1;
                let Some(content) = text.get(start..end.min(bytes.len())) else { continue };
                let after = text.get(at..).and_then(|rest| rest.trim_start().bytes().next());
                if content.bytes().all(|byte| is_word_byte(byte) || matches!(byte, b':' | b'*' | b'!' | b'?')) {
                    let place = if after == Some(b':') { Standing::Key } else { Standing::First };
                    take(Word { text: content, at: start, place, installs: false });
                } else {
                    of_script(content, &mut |word| take(Word { at: start + word.at, ..word }));
                }
            }
            _ => at += 1,
        }
    }
}

pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'/' | b'.' | b'-' | b'_' | b'+' | b'~') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firsts(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        of_script(text, &mut |word| {
            if word.place == Standing::First {
                found.push(word.text);
            }
        });
        found
    }

    #[test]
    fn commands_are_found_behind_others() {
        assert_eq!(firsts("flask = 1\nx = \"tox\""), ["1", "tox"]);
        assert_eq!(firsts("node bin/wrap.js mocha test"), ["node", "mocha"]);
        assert_eq!(firsts("cross-env A=b nyc mocha test"), ["cross-env", "A", "nyc", "mocha"]);
        assert_eq!(firsts("concurrently \"wait-on tcp:3000 && vite\""), ["concurrently", "wait-on", "vite"]);
        assert_eq!(firsts("node -r dotenv/config x.js # tape\neslint ."), ["node", "dotenv/config", "eslint"]);
        assert_eq!(firsts("steps:\n  - run: npx --yes knip"), ["-", "npx", "--yes", "knip"]);
        assert_eq!(firsts("CMD [\"gunicorn\", \"app\"]"), ["CMD", "gunicorn", "app"]);
    }

    #[test]
    fn scripts_are_told_from_commands() {
        let mut found = Vec::new();
        of_script("npm run test && pip install httpx", &mut |word| found.push((word.text, word.place, word.installs)));
        assert!(found.contains(&("test", Standing::Script, false)));
        assert!(found.contains(&("httpx", Standing::Other, true)));
    }

    #[test]
    fn keys_are_told_from_values() {
        let mut found = Vec::new();
        in_quotes("{ \"test\": \"a b\", // \"no\"\n \"p\": [\"plugin:react/x\"] }", &mut |word| {
            found.push((word.text, word.place));
        });
        let expected = [
            ("test", Standing::Key),
            ("a", Standing::First),
            ("b", Standing::Other),
            ("p", Standing::Key),
            ("plugin:react/x", Standing::First),
        ];
        assert_eq!(found, expected);
    }
}
