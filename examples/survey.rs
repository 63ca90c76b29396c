#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::print_stdout)]
use crossgrain::packages::read_projects;
use crossgrain::program::resolve::*;
use crossgrain::source::*;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

fn js_specifiers(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for key in ["require(", " from ", "import(", "import ", "}from", "from"] {
        for (at, _) in text.match_indices(key) {
            let rest = text[at + key.len()..].trim_start();
            let Some(quote) = rest.chars().next().filter(|c| *c == '"' || *c == '\'') else { continue };
            let line_start = text[..at].rfind('\n').map_or(0, |p| p + 1);
            let before = text[line_start..at].trim_start();
            if before.starts_with("//") || before.starts_with('*') || before.starts_with("/*") {
                continue;
            }
            if let Some(end) = rest[1..].find(quote) {
                let s = &rest[1..=end];
                if s.len() < 150 && !s.contains(['\n', ' ', '$', '{']) && !s.is_empty() {
                    out.push(s.to_owned());
                }
            }
        }
    }
    out.sort();
    out.dedup();
    out
}
fn py_imports(text: &str) -> Vec<(u32, String, Vec<String>)> {
    let mut out = Vec::new();
    for line in text.lines() {
        let l = line.trim_start();
        if let Some(r) = l.strip_prefix("from ") {
            let Some((m, names)) = r.split_once(" import ") else { continue };
            let m = m.trim();
            if !m.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') {
                continue;
            }
            let level = m.chars().take_while(|c| *c == '.').count() as u32;
            let names = names
                .split('#')
                .next()
                .unwrap()
                .trim_matches(['(', ')', ' '])
                .split(',')
                .filter_map(|n| n.trim().split(' ').next().map(str::to_owned))
                .filter(|n| !n.is_empty() && n != "*")
                .collect();
            out.push((level, m[level as usize..].to_owned(), names));
        } else if let Some(r) = l.strip_prefix("import ") {
            for m in r.split('#').next().unwrap().split(',') {
                let m = m.trim().split(' ').next().unwrap_or("");
                if !m.is_empty() && m.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') {
                    out.push((0, m.to_owned(), vec![]));
                }
            }
        }
    }
    out
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let verbose = args.iter().any(|a| a == "-v");
    for root in args.iter().filter(|a| *a != "-v") {
        let root = PathBuf::from(root);
        let t = Instant::now();
        let mut d = discover(&WalkRequest { threads: 2, ..WalkRequest::new(root.clone()) });
        let walk = t.elapsed();
        let t = Instant::now();
        let mut texts = Vec::new();
        let mut files = Vec::new();
        let mut sizes = 0;
        for c in std::mem::take(&mut d.files) {
            match read(&c, 2_000_000) {
                Ok(text) => {
                    sizes += text.len();
                    texts.push(text);
                    files.push(c)
                }
                Err(reason) => d.skipped.push(Skipped { path: c.path, reason }),
            }
        }
        let readt = t.elapsed();
        let t = Instant::now();
        let manifests: Vec<(String, String)> =
            d.manifests.iter().filter_map(|c| Some((c.path.clone(), read(c, 5_000_000).ok()?))).collect();
        let projects = read_projects(manifests.iter().map(|(a, b)| (a.as_str(), b.as_str())));
        let mant = t.elapsed();
        let t = Instant::now();
        let list: Vec<(&str, Language)> = files.iter().map(|c| (c.path.as_str(), c.language.unwrap())).collect();
        let resolver = Resolver::new(&list, &projects);
        let build = t.elapsed();
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for s in &d.skipped {
            *reasons.entry(s.reason.word()).or_default() += 1;
        }
        println!(
            "== {} files {} ({} kB) skipped {:?} projects {} problems {} walk {:?} read {:?} manifests {:?} index {:?}",
            root.display(),
            files.len(),
            sizes / 1000,
            reasons,
            projects.projects.len(),
            projects.problems.len(),
            walk,
            readt,
            mant,
            build
        );
        for p in &projects.problems {
            println!("   problem {}:{} {}", p.path, p.line, p.message);
        }
        if verbose {
            for s in &d.skipped {
                println!("   skipped {} {}", s.path, s.reason);
            }
            for p in projects.projects.iter().take(10) {
                println!(
                    "   project {:?} {:?} node {:?} py {:?} deps {} bins {:?} pd {:?}",
                    p.dir,
                    p.name,
                    p.node_floor,
                    p.python_floor,
                    p.dependencies.len(),
                    p.bins,
                    p.python.as_ref().map(|p| &p.package_dirs)
                );
            }
        }
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        let mut bad: BTreeMap<String, usize> = BTreeMap::new();
        let mut pk: BTreeMap<String, usize> = BTreeMap::new();
        let mut n = 0u32;
        let mut time = std::time::Duration::ZERO;
        for (c, text) in files.iter().zip(&texts) {
            if c.language.unwrap().is_ecma() {
                let specs = js_specifiers(text);
                let t = Instant::now();
                let res: Vec<Target> = specs.iter().map(|s| resolver.ecma(&c.path, s)).collect();
                time += t.elapsed();
                n += specs.len() as u32;
                for (s, r) in specs.iter().zip(res) {
                    let rel = s.starts_with('.');
                    let k = match (&r, rel) {
                        (Target::File(_), true) => "rel ok",
                        (Target::File(_), false) => "bare local",
                        (Target::Package(_), _) => "package",
                        (Target::Unresolved, true) => {
                            let p = crossgrain::packages::join(
                                crossgrain::packages::directory_of(&c.path),
                                s.split('?').next().unwrap(),
                            )
                            .map(|p| root.join(p));
                            let other = s.ends_with(".json")
                                || p.as_ref().is_some_and(|p| {
                                    p.is_file()
                                        || p.with_extension("json").is_file()
                                        || ["d.ts", "json", "node", "css"]
                                            .iter()
                                            .any(|e| PathBuf::from(format!("{}.{e}", p.display())).exists())
                                });
                            if other {
                                "rel asset"
                            } else {
                                *bad.entry(format!("{s} in {}", c.path)).or_default() += 1;
                                "rel BAD"
                            }
                        }
                        (Target::Unresolved, false) => {
                            *bad.entry(format!("bare {s} in {}", c.path)).or_default() += 1;
                            "bare unres"
                        }
                    };
                    *count.entry(k).or_default() += 1;
                    if let Target::Package(p) = &r {
                        if !rel {
                            *pk.entry(p.clone()).or_default() += 1;
                        }
                    }
                    if k == "bare local" && verbose {
                        *pk.entry(format!(
                            "LOCAL {s} -> {}",
                            if let Target::File(f) = r { list[f as usize].0 } else { "" }
                        ))
                        .or_default() += 1;
                    }
                }
            } else {
                let imports = py_imports(text);
                let t = Instant::now();
                let res: Vec<PyTarget> = imports.iter().map(|(l, m, _)| resolver.python(&c.path, *l, m)).collect();
                time += t.elapsed();
                n += imports.len() as u32;
                for ((l, m, names), r) in imports.iter().zip(res) {
                    let k = match (&r, *l > 0) {
                        (PyTarget::File(_), true) => "rel ok",
                        (PyTarget::Namespace(_), true) => "rel ns",
                        (PyTarget::File(_), false) => "abs local",
                        (PyTarget::Namespace(d), false) => {
                            *pk.entry(format!("NS {m} -> {} names {:?}", resolver.namespace_dir(*d), names))
                                .or_default() += 1;
                            "abs ns"
                        }
                        (PyTarget::External(_), _) => "external",
                        (PyTarget::Unresolved, _) => {
                            *bad.entry(format!("{l} {m} in {}", c.path)).or_default() += 1;
                            "rel BAD"
                        }
                    };
                    *count.entry(k).or_default() += 1;
                    if let PyTarget::External(p) = &r {
                        *pk.entry(p.clone()).or_default() += 1;
                    }
                    if k == "abs local" && verbose {
                        let f = if let PyTarget::File(f) = r { list[f as usize].0 } else { "" };
                        let top = m.split('.').next().unwrap();
                        if !f.contains(&format!("{}", m.replace('.', "/"))) || !f.starts_with(top) {
                            *pk.entry(format!("LOCAL {m} -> {f}")).or_default() += 1;
                        }
                    }
                }
            }
        }
        println!("   {:?}  {:.2} µs each", count, time.as_secs_f64() * 1e6 / f64::from(n.max(1)));
        let mut b: Vec<_> = bad.into_iter().collect();
        b.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        for (s, n) in b.iter().take(if verbose { 60 } else { 6 }) {
            println!("   BAD {n} {s}");
        }
        if verbose {
            let mut p: Vec<_> = pk.into_iter().collect();
            p.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
            for (s, n) in p.iter().filter(|(s, _)| s.starts_with("LOCAL") || s.starts_with("NS")).take(60) {
                println!("   {n} {s}");
            }
            println!(
                "   PK {:?}",
                p.iter()
                    .filter(|(s, _)| !s.starts_with("LOCAL"))
                    .take(150)
                    .map(|(s, n)| format!("{s} {n}"))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
        }
    }
}
