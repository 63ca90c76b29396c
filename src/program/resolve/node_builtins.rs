//! The modules that come with Node.

/// The qualified name of a built-in module, with or without `node:`: `fs/promises` is
/// `node:fs.promises`.
pub(super) fn builtin(specifier: &str) -> Option<String> {
    let bare = match specifier.strip_prefix("node:") {
        Some(bare) => bare,
        None if is_builtin(specifier) => specifier,
        None => return None,
    };
    Some(format!("node:{}", bare.replace('/', ".")))
}

/// Whether a bare specifier means Node's own module. Newer modules need their `node:`.
fn is_builtin(specifier: &str) -> bool {
    let (module, sub) = specifier.split_once('/').unwrap_or((specifier, ""));
    match sub {
        "" => !specifier.ends_with('/') && MODULES.binary_search(&module).is_ok(),
        "promises" => matches!(module, "dns" | "fs" | "inspector" | "readline" | "stream" | "timers"),
        "strict" => module == "assert",
        "posix" | "win32" => module == "path",
        "consumers" | "web" => module == "stream",
        "types" => module == "util",
        _ => false,
    }
}

const MODULES: [&str; 41] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "worker_threads",
    "zlib",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_modules_have_one_name() {
        assert!(MODULES.is_sorted());
        for (specifier, name) in [
            ("fs", Some("node:fs")),
            ("node:fs", Some("node:fs")),
            ("fs/promises", Some("node:fs.promises")),
            ("node:stream/promises", Some("node:stream.promises")),
            ("node:test", Some("node:test")),
            ("test", None),
            ("punycode/", None),
            ("util/inherits", None),
        ] {
            assert_eq!(builtin(specifier).as_deref(), name, "{specifier}");
        }
    }
}
