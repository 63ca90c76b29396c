//! What the program runs with is asked for as if only its developers needed it.

use super::fixes::promotion;
use super::packages::{is_adapter, is_development_file, is_sample, subject, uses_in};
use super::{Check, Family, Repository, Rule};
use crate::finding::{Confidence, Finding, Severity, Step};
use crate::packages::{Declared, Ecosystem, Kind, Project};
use crate::source::Span;
use crate::usage::{How, Place};

pub(super) const RULE: Rule = Rule {
    name: "misplaced-dependency",
    summary: "Code that runs in production imports a package that is asked for only for development",
    family: Family::Dependencies,
    severity: Severity::Warning,
    since: "2026",
    by_default: false,
    page: include_str!("misplaced_dependency.md"),
    check: Check::Packages(find),
};

/// Further places that are shown.
const MOST_ALSO: usize = 20;

fn find(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for project in &repository.projects.projects {
        if is_sample(&project.dir) || is_bundled(repository, project) {
            continue;
        }
        for one in project.declared.iter().filter(|one| is_for_development(one)) {
            let elsewhere = |other: &&Declared| {
                other.name == one.name
                    && other.ecosystem == one.ecosystem
                    && other.is_wanted()
                    && !is_for_development(other)
            };
            if project.declared.iter().all(|other| !elsewhere(&other)) {
                findings.extend(judge(repository, project, one));
            }
        }
    }
}

fn judge(repository: &Repository<'_>, project: &Project, one: &Declared) -> Option<Finding> {
    let spans: Vec<Span> = uses_in(repository, project, one.ecosystem, &one.name)
        .into_iter()
        .filter(|found| found.how == How::Import)
        .filter_map(|found| match found.place {
            Place::Code(span) => Some(span),
            _ => None,
        })
        .filter(|span| !is_adapter(repository.path(span.file), &one.name))
        .filter(|span| runs_in_production(repository, project, one.ecosystem, repository.path(span.file)))
        .collect();
    let first = *spans.first()?;
    let (subject, at) = subject(repository, one)?;
    let message =
        format!("`{}` is asked for only for development, and {} imports it", one.name, repository.path(first.file));
    let mut finding = Finding::about(RULE.name, subject, at, message);
    finding.help = format!("move it to what {} needs at run time", one.manifest);
    finding.fix = promotion(repository, one);
    finding.notes.push("an installation for production leaves it out, and the import fails".to_owned());
    // Several files of requirements may be installed together.
    if one.manifest.rsplit('.').next() == Some("txt") {
        finding.confidence = Confidence::Possible;
    }
    let step = |span: &Span| Step { at: *span, says: format!("imports `{}`", one.name), name: one.name.clone() };
    finding.also = spans.iter().take(MOST_ALSO).map(step).collect();
    Some(finding)
}

fn is_for_development(one: &Declared) -> bool {
    match one.ecosystem {
        Ecosystem::Npm => one.kind == Kind::Development,
        // An extra is a choice of those who install.
        Ecosystem::Pypi => one.is_development() && matches!(one.kind, Kind::Development | Kind::Group(_)),
        Ecosystem::Conda => false,
    }
}

/// Whether a file runs where the program is installed.
fn runs_in_production(repository: &Repository<'_>, project: &Project, ecosystem: Ecosystem, path: &str) -> bool {
    let nearest = repository.projects.of(path);
    if nearest.dir != project.dir || is_development_file(path) || is_sample(path) {
        return false;
    }
    let inside = path.strip_prefix(project.dir.as_str()).unwrap_or(path).trim_start_matches('/');
    let Some((first, _)) = inside.split_once('/') else {
        // Beside the manifest lie configuration and tasks, and what it names as the program.
        let mains = project.ecma.as_ref().map(|ecma| ecma.mains.as_slice()).unwrap_or_default();
        let is_main = mains.iter().any(|main| main.trim_start_matches("./") == inside);
        return is_main || project.bins.iter().any(|bin| bin == path);
    };
    match ecosystem {
        Ecosystem::Npm => matches!(
            first,
            "src"
                | "lib"
                | "server"
                | "app"
                | "api"
                | "bin"
                | "routes"
                | "controllers"
                | "services"
                | "models"
                | "middleware"
        ),
        Ecosystem::Pypi | Ecosystem::Conda => {
            let name = project.python.as_ref().and_then(|python| python.name.as_deref());
            let own = name.map(|name| name.replace('-', "_"));
            first == "src" || own.is_some_and(|own| own == first)
        }
    }
}

/// Whether a bundler copies what is imported: then it does not matter where it is asked for. Nor does it at the
/// top of a workspace, which is not installed anywhere.
fn is_bundled(repository: &Repository<'_>, project: &Project) -> bool {
    const BUNDLERS: &[&str] = &[
        "vite",
        "webpack",
        "rollup",
        "esbuild",
        "parcel",
        "parcel-bundler",
        "next",
        "nuxt",
        "react-scripts",
        "@angular/cli",
        "tsup",
        "@vue/cli-service",
        "browserify",
        "@rspack/core",
        "@rspack/cli",
        "electron-vite",
        "gatsby",
        "astro",
        "@sveltejs/kit",
        "expo",
        "react-native",
        "unbuild",
        "tsdown",
        "microbundle",
        "@vercel/ncc",
        "rolldown",
        "@rsbuild/core",
        "@rslib/core",
        "snowpack",
        "laravel-mix",
        "electron",
        "preact-cli",
        "@remix-run/dev",
        "@react-router/dev",
        "ember-cli",
        "@stencil/core",
        "bunchee",
        "pkgroll",
        "father",
        "umi",
        "@umijs/max",
        "bun-types",
        "@types/bun",
        "@docusaurus/core",
        "ng-packagr",
        "rollup-plugin-dts",
        "@types/vscode",
        "wrangler",
        "serverless-esbuild",
        "serverless-webpack",
        "obsidian",
    ];
    let inside = format!("{}/x", project.dir);
    let mut around = repository.projects.around(inside.trim_start_matches('/'));
    let bundles = |project: &Project| {
        BUNDLERS.iter().any(|bundler| project.dependencies.contains(*bundler))
            || project.ecma.as_ref().is_some_and(|ecma| {
                ecma.scripts.values().any(|script| {
                    ["esbuild", "bun build", "rollup", "webpack", "vite build", "tsup"]
                        .iter()
                        .any(|it| script.contains(it))
                })
            })
    };
    let is_top = project.ecma.as_ref().is_some_and(|ecma| !ecma.workspaces.is_empty());
    is_top || around.any(bundles) || bundles(project)
}
