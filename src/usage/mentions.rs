//! Texts beside the code that say how a program is started: images, services, process lists, scripts.

use rayon::prelude::*;

use super::LARGEST_TEXT;
use crate::source::{Candidate, read};

/// A line of a text beside the code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// The text.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
}

/// What a repository says of how its programs are started.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The texts that were looked through, sorted.
    pub looked: Vec<String>,
    /// Lines that hold what was asked for, sorted.
    pub found: Vec<Mention>,
}

/// Looks for lines of which `is_wanted` holds; they come in lower case and without comments.
pub fn deployment(texts: &[Candidate], is_wanted: &(dyn Fn(&str) -> bool + Sync)) -> Deployment {
    let read_one = |text: &Candidate| {
        let content = read(text, LARGEST_TEXT).ok()?;
        let lines = (1u32..).zip(content.lines()).filter(|(_, line)| {
            let line = line.trim().to_lowercase();
            !line.starts_with(['#', ';']) && !line.starts_with("//") && is_wanted(&line)
        });
        let found: Vec<Mention> = lines.map(|(line, _)| Mention { path: text.path.clone(), line }).collect();
        Some((text.path.clone(), found))
    };
    let starts = texts.par_iter().filter(|text| tells_start(&text.path)).filter_map(read_one);
    let mut all = Deployment::default();
    for (path, found) in starts.collect::<Vec<_>>() {
        all.looked.push(path);
        all.found.extend(found);
    }
    all.looked.sort();
    all.found.sort();
    all
}

/// Whether a text may say how a program is started: not what builds or tests it.
fn tells_start(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    if lower
        .split('/')
        .any(|part| matches!(part, "node_modules" | ".github" | ".gitlab" | ".circleci" | "test" | "tests"))
    {
        return false;
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    name == "package.json"
        || name.contains("dockerfile")
        || name.contains("containerfile")
        || ["procfile", "makefile", "justfile"].contains(&name)
        || matches!(name, "app.json" | "pm2.json" | "process.json" | "processes.json")
        || name.starts_with(".env")
        || name.contains("ecosystem.config")
        || matches!(extension, "sh" | "service" | "tpl" | "tf" | "hcl" | "cmd" | "bat")
        || (matches!(extension, "yml" | "yaml" | "toml" | "conf" | "ini") && !name.contains("lock"))
            && (lower.contains("compose")
                || lower.contains("deploy")
                || lower.contains("k8s")
                || lower.contains("kube")
                || lower.contains("helm")
                || lower.contains("chart")
                || lower.contains("docker")
                || name.contains("supervisor")
                || name.contains("uwsgi")
                || name.contains("process")
                || name.contains("pm2")
                || matches!(
                    name,
                    "fly.toml" | "render.yaml" | "app.yaml" | "app.json" | "captain-definition" | "serverless.yml"
                ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_starts_a_program_is_told_from_what_builds_it() {
        for path in
            ["Dockerfile", "web/Procfile", "docker-compose.prod.yml", "deploy/web.yaml", "run.sh", "package.json"]
        {
            assert!(tells_start(path), "{path}");
        }
        for path in [".github/workflows/ci.yml", "README.md", "config/words.yml", "package-lock.json", "tests/run.sh"] {
            assert!(!tells_start(path), "{path}");
        }
    }
}
