//! ECMAScript and TypeScript specifiers.

use rustc_hash::FxHashMap;

use super::Target;
use super::exports::{best_match, fill};
use super::node_builtins::builtin;
use super::workspace::{Packages, directories};
use crate::packages::{Project, Projects, TsConfig, directory_of, join};
use crate::source::Language;

/// The ECMAScript files of the repository and what its manifests say about them.
#[derive(Debug)]
pub(super) struct EcmaFiles<'a> {
    files: FxHashMap<&'a str, u32>,
    packages: Packages<'a>,
    /// Those with paths or a base, by directory.
    tsconfigs: FxHashMap<&'a str, &'a TsConfig>,
}

/// Extensions to try, in order; a file prefers its own kind.
const TYPESCRIPT_FIRST: [&str; 8] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
const JAVASCRIPT_FIRST: [&str; 8] = [".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts"];

impl<'a> EcmaFiles<'a> {
    pub(super) fn new(files: &[(&'a str, Language)], projects: &'a Projects) -> EcmaFiles<'a> {
        let ecma = files.iter().enumerate().filter(|(_, (_, language))| language.is_ecma());
        let tsconfigs = projects.tsconfigs.iter().filter(|it| it.base_url.is_some() || !it.paths.is_empty());
        EcmaFiles {
            files: ecma.map(|(index, (path, _))| (*path, index as u32)).collect(),
            packages: Packages::new(projects),
            tsconfigs: tsconfigs.map(|config| (config.dir.as_str(), config)).collect(),
        }
    }

    pub(super) fn resolve(&self, from: &str, specifier: &str) -> Target {
        // `raw-loader!./x?inline`: how to load a file is not what it is.
        let specifier = specifier.rsplit('!').next().unwrap_or(specifier);
        let specifier = specifier.split('?').next().unwrap_or(specifier);
        let importer = Importer { from, extensions: extensions_for(from) };
        if matches!(specifier, "." | "..") || specifier.starts_with("./") || specifier.starts_with("../") {
            let path = join(directory_of(from), specifier);
            let as_directory = specifier.ends_with(['/', '.']);
            // `./node_modules/x/y` goes round the resolution and means the package all the same.
            let installed = path.as_deref().and_then(|path| path.rsplit_once("node_modules/"));
            let package = installed.map(|(_, inside)| split_name(inside)).map(|(name, sub)| package_name(name, sub));
            let file = path.as_deref().and_then(|path| self.path(importer, path, as_directory)).map(Target::File);
            return file.or(package.map(Target::Package)).unwrap_or(Target::Unresolved);
        }
        if let Some(file) = self.configured(importer, specifier) {
            return Target::File(file);
        }
        if let Some(name) = builtin(specifier) {
            return Target::Package(name);
        }
        if specifier.starts_with('#') {
            return self.private(importer, specifier);
        }
        let is_address = ["/", "http:", "https:", "data:", "file:", "blob:"].iter().any(|it| specifier.starts_with(it));
        if specifier.is_empty() || is_address {
            return Target::Unresolved;
        }
        self.bare(importer, specifier)
    }

    /// Through `paths` and `baseUrl` of the configurations around the file. One that does not know
    /// the specifier leaves it to the next: test and build set-ups are often only partly repeated.
    fn configured(&self, importer: Importer<'_>, specifier: &str) -> Option<u32> {
        if self.tsconfigs.is_empty() {
            return None;
        }
        directories(importer.from).filter_map(|dir| self.tsconfigs.get(dir)).find_map(|config| {
            let entries = config.paths.iter().map(|(pattern, targets)| (pattern.as_str(), targets));
            let mapped = best_match(entries, specifier).and_then(|(targets, star)| {
                targets.iter().find_map(|target| self.path(importer, &fill(target, star), false))
            });
            mapped.or_else(|| self.path(importer, &join(config.base_url.as_deref()?, specifier)?, false))
        })
    }

    /// Through `imports` of the nearest package that has any.
    fn private(&self, importer: Importer<'_>, specifier: &str) -> Target {
        let mut packages = self.packages.around(importer.from);
        let found = packages.find_map(|package| {
            let imports = package.ecma.as_ref()?.imports.iter();
            let entries = imports.map(|entry| (entry.key.as_str(), &entry.targets));
            best_match(entries, specifier).map(|(targets, star)| (package, targets, star))
        });
        let Some((package, targets, star)) = found else { return Target::Unresolved };
        let targets: Vec<String> = targets.iter().map(|target| fill(target, star)).collect();
        if let Some(file) = self.first_of(importer, package, &targets) {
            return Target::File(file);
        }
        match targets.iter().find(|target| !target.starts_with(['.', '#'])) {
            Some(bare) => builtin(bare).map_or_else(|| self.bare(importer, bare), Target::Package),
            None => Target::Unresolved,
        }
    }

    /// A package by its name.
    fn bare(&self, importer: Importer<'_>, specifier: &str) -> Target {
        // Deno's notation.
        let specifier = specifier.strip_prefix("npm:").unwrap_or(specifier);
        let (name, sub) = split_name(specifier);
        if let Some(package) = self.packages.named(importer.from, name)
            && let Some(file) = self.package(importer, package, sub)
        {
            return Target::File(file);
        }
        // Not a package name in any registry, but the usual shorthand for the sources.
        if matches!(name.split('/').next(), Some("@" | "~")) {
            let rest = specifier.get(1..).unwrap_or_default();
            let mut around = self.packages.around(importer.from).map(|package| package.dir.as_str()).chain([""]);
            let file = around.find_map(|dir| {
                let sources = ["src", "app", ""].into_iter();
                sources
                    .filter_map(|source| join(&join(dir, source)?, rest))
                    .find_map(|path| self.path(importer, &path, false))
            });
            return file.map_or(Target::Unresolved, Target::File);
        }
        // An alias stands for the package that is installed.
        let alias = self.packages.range(importer.from, name).and_then(|range| range.strip_prefix("npm:"));
        let name = alias.unwrap_or(name);
        Target::Package(package_name(without_version(name), sub))
    }

    /// `sub` of a package of the repository; empty for the package itself.
    fn package(&self, importer: Importer<'_>, package: &Project, sub: &str) -> Option<u32> {
        let ecma = package.ecma.as_ref()?;
        let key = if sub.is_empty() { ".".to_owned() } else { format!("./{sub}") };
        let entries = ecma.exports.iter().map(|entry| (entry.key.as_str(), &entry.targets));
        if let Some((targets, star)) = best_match(entries, &key) {
            let targets: Vec<String> = targets.iter().map(|target| fill(target, star)).collect();
            if let Some(file) = self.first_of(importer, package, &targets) {
                return Some(file);
            }
        }
        if sub.is_empty() {
            let sources = ["", "src", "lib", "source"].into_iter().filter_map(|source| join(&package.dir, source));
            self.first_of(importer, package, &ecma.mains)
                .or_else(|| sources.into_iter().find_map(|path| self.index(importer, &path)))
        } else {
            let sources = ["", "src", "lib"].into_iter().filter_map(|source| join(&join(&package.dir, source)?, sub));
            sources.into_iter().find_map(|path| self.path(importer, &path, false))
        }
    }

    /// The first of a package's targets that exists; failing that, the first whose source does.
    fn first_of(&self, importer: Importer<'_>, package: &Project, targets: &[String]) -> Option<u32> {
        let paths = || targets.iter().filter_map(|target| join(&package.dir, target));
        paths()
            .find_map(|path| self.existing(importer, &path, false))
            .or_else(|| paths().find_map(|path| self.source_of(importer, &path)))
    }

    /// What a path leads to.
    fn path(&self, importer: Importer<'_>, path: &str, as_directory: bool) -> Option<u32> {
        self.existing(importer, path, as_directory).or_else(|| self.source_of(importer, path))
    }

    /// The file that a path without its extension, or with that of its compiled form, leads to.
    fn existing(&self, importer: Importer<'_>, path: &str, as_directory: bool) -> Option<u32> {
        let file = if as_directory { None } else { self.file(importer, path) };
        file.or_else(|| self.directory(importer, path))
    }

    fn file(&self, importer: Importer<'_>, path: &str) -> Option<u32> {
        let compiled = COMPILED.iter().find_map(|(js, ts)| Some((path.strip_suffix(js)?, *ts)));
        let from_typescript = || {
            let (stem, extensions) = compiled?;
            self.with_extension(stem, extensions)
        };
        let written = if importer.is_typescript() {
            from_typescript().or_else(|| self.files.get(path).copied())
        } else {
            self.files.get(path).copied().or_else(from_typescript)
        };
        written.or_else(|| self.with_extension(path, importer.extensions))
    }

    fn directory(&self, importer: Importer<'_>, path: &str) -> Option<u32> {
        let main = || {
            let mains = &self.packages.at(path)?.ecma.as_ref()?.mains;
            let paths = mains.iter().filter_map(|main| join(path, main));
            paths.into_iter().find_map(|main| self.file(importer, &main).or_else(|| self.index(importer, &main)))
        };
        main().or_else(|| self.index(importer, path))
    }

    fn index(&self, importer: Importer<'_>, dir: &str) -> Option<u32> {
        let index = if dir.is_empty() { "index".to_owned() } else { format!("{dir}/index") };
        self.with_extension(&index, importer.extensions)
    }

    fn with_extension(&self, stem: &str, extensions: &[&str]) -> Option<u32> {
        let mut candidate = String::with_capacity(stem.len() + 4);
        candidate.push_str(stem);
        extensions.iter().find_map(|extension| {
            candidate.truncate(stem.len());
            candidate.push_str(extension);
            self.files.get(candidate.as_str()).copied()
        })
    }

    /// The source of a compiled file that is not there: `dist/esm/x.js` is `src/x.ts`.
    fn source_of(&self, importer: Importer<'_>, path: &str) -> Option<u32> {
        /// `dist`, the format and perhaps the language level.
        const DEEPEST: usize = 3;
        let path = without_extension(path);
        for package in self.packages.around(path) {
            let mut inside = path.strip_prefix(package.dir.as_str())?.trim_start_matches('/');
            for _ in 0..DEEPEST {
                let (output, rest) = inside.split_once('/').unwrap_or((inside, ""));
                if !is_output(output) {
                    break;
                }
                let sources = ["src", "", "lib"].into_iter().filter_map(|dir| join(&join(&package.dir, dir)?, rest));
                let mut sources = sources.filter(|source| source != path);
                if let Some(file) = sources.find_map(|source| self.existing(importer, &source, false)) {
                    return Some(file);
                }
                inside = rest;
            }
        }
        None
    }
}

/// Extensions of compiled files and of what they are compiled from.
const COMPILED: [(&str, &[&str]); 4] =
    [(".js", &[".ts", ".tsx"]), (".mjs", &[".mts"]), (".cjs", &[".cts"]), (".jsx", &[".tsx"])];

/// A path without the extension of a compiled file or of the declarations beside it.
fn without_extension(path: &str) -> &str {
    let extensions = [".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs", ".jsx"];
    extensions.iter().find_map(|extension| path.strip_suffix(extension)).unwrap_or(path)
}

#[derive(Clone, Copy)]
struct Importer<'a> {
    from: &'a str,
    extensions: &'static [&'static str],
}

impl Importer<'_> {
    fn is_typescript(self) -> bool {
        self.extensions.first() == Some(&".ts")
    }
}

fn extensions_for(from: &str) -> &'static [&'static str] {
    let extension = from.rsplit_once('.').map(|(_, extension)| extension);
    if matches!(extension, Some("ts" | "tsx" | "mts" | "cts")) { &TYPESCRIPT_FIRST } else { &JAVASCRIPT_FIRST }
}

/// Whether a directory of this name usually holds what a build made.
fn is_output(name: &str) -> bool {
    matches!(
        name,
        "dist"
            | "lib"
            | "build"
            | "out"
            | "output"
            | "compiled"
            | "es"
            | "esm"
            | "cjs"
            | "mjs"
            | "umd"
            | "module"
            | "modules"
            | "commonjs"
            | "types"
            | "typings"
            | "dts"
            | "node"
            | "js"
    ) || name.starts_with("dist-")
        || name.starts_with("dist_")
        || matches!(name, "_esm" | "_cjs" | "_types")
}

/// The name of a package and what follows it: `@scope/name` and `sub/path`.
pub(super) fn split_name(specifier: &str) -> (&str, &str) {
    let slashes = if specifier.starts_with('@') { 2 } else { 1 };
    match specifier.match_indices('/').nth(slashes - 1) {
        Some((at, _)) => (&specifier[..at], &specifier[at + 1..]),
        None => (specifier, ""),
    }
}

/// `name@1` is `name`.
fn without_version(name: &str) -> &str {
    match name.rfind('@') {
        Some(at) if at > 0 => &name[..at],
        _ => name,
    }
}

/// How knowledge tables spell it: `lodash/template`, never `lodash/template.js` or `lodash/index`.
fn package_name(name: &str, sub: &str) -> String {
    let sub = sub.trim_end_matches('/');
    let sub = [".js", ".mjs", ".cjs"].iter().find_map(|extension| sub.strip_suffix(extension)).unwrap_or(sub);
    let sub = if sub == "index" { "" } else { sub.strip_suffix("/index").unwrap_or(sub) };
    if sub.is_empty() { name.to_owned() } else { format!("{name}/{sub}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::read_projects;

    /// What each specifier leads to: the path of a file, a package in brackets, or `-`.
    fn resolved(manifests: &[(&str, &str)], files: &[&str], asked: &[(&str, &str)]) -> Vec<String> {
        let projects = read_projects(manifests.iter().copied());
        let typed: Vec<_> = files.iter().map(|path| (*path, Language::TypeScript)).collect();
        let index = EcmaFiles::new(&typed, &projects);
        let show = |(from, specifier): &(&str, &str)| match index.resolve(from, specifier) {
            Target::File(file) => files[file as usize].to_owned(),
            Target::Package(name) => format!("[{name}]"),
            Target::Unresolved => "-".to_owned(),
        };
        asked.iter().map(show).collect()
    }

    #[test]
    fn relative_paths() {
        let files = ["a/x.ts", "a/y.js", "a/y.ts", "a/z/index.tsx", "a/z.ts", "a/m.mts", "b/w.service.ts", "index.js"];
        let cases = [
            ("./x", "a/x.ts"),
            ("./x.js", "a/x.ts"),
            ("./y.js", "a/y.ts"),
            ("./y", "a/y.ts"),
            ("./z", "a/z.ts"),
            ("./z/", "a/z/index.tsx"),
            ("./m.mjs", "a/m.mts"),
            ("../b/w.service", "b/w.service.ts"),
            ("..", "index.js"),
            ("./x?inline", "a/x.ts"),
            ("raw-loader!./x", "a/x.ts"),
            ("./data.json", "-"),
            ("../../outside", "-"),
            ("../node_modules/@s/forge/lib/aes", "[@s/forge/lib/aes]"),
        ];
        for (specifier, expected) in cases {
            assert_eq!(resolved(&[], &files, &[("a/from.ts", specifier)]), [expected], "{specifier}");
        }
        assert_eq!(resolved(&[], &files, &[("a/from.js", "./y"), ("a/from.js", "./y.js")]), ["a/y.js", "a/y.js"]);
    }

    #[test]
    fn packages_are_named_as_knowledge_names_them() {
        let cases = [
            ("fs", "[node:fs]"),
            ("node:fs/promises", "[node:fs.promises]"),
            ("lodash/template.js", "[lodash/template]"),
            ("pkg/dist/index.js", "[pkg/dist]"),
            ("pkg/index", "[pkg]"),
            ("@nestjs/common", "[@nestjs/common]"),
            ("chart.js", "[chart.js]"),
            ("process/", "[process]"),
            ("npm:express@4", "[express]"),
            ("alias/sub", "[real/sub]"),
            ("https://x.y/z.js", "-"),
            ("", "-"),
        ];
        let manifests = [("package.json", r#"{ "dependencies": { "alias": "npm:real@^1" } }"#)];
        for (specifier, expected) in cases {
            assert_eq!(resolved(&manifests, &[], &[("a.js", specifier)]), [expected], "{specifier}");
        }
    }

    #[test]
    fn configured_paths_and_bases() {
        let manifests = [
            (
                "tsconfig.json",
                r#"{ "compilerOptions": { "paths": { "@lib/*": ["./libs/*/src"], "cfg": ["./c.ts"] } } }"#,
            ),
            ("app/tsconfig.json", r#"{ "extends": "../tsconfig.json", "compilerOptions": { "baseUrl": "." } }"#),
        ];
        let files = ["libs/db/src/index.ts", "app/src/a.ts", "c.ts", "app/constants.ts", "app/libs/db/src.ts"];
        let asked = [
            ("libs/x.ts", "@lib/db"),
            ("libs/x.ts", "cfg"),
            ("app/x.ts", "src/a"),
            ("app/x.ts", "constants"),
            ("app/x.ts", "@lib/db"),
            ("app/x.ts", "react"),
        ];
        let expected =
            ["libs/db/src/index.ts", "c.ts", "app/src/a.ts", "app/constants.ts", "app/libs/db/src.ts", "[react]"];
        assert_eq!(resolved(&manifests, &files, &asked), expected);
    }

    #[test]
    fn packages_of_the_workspace() {
        let manifests = [
            ("package.json", r#"{ "name": "root", "workspaces": ["packages/*"] }"#),
            (
                "packages/a/package.json",
                r##"{ "name": "@x/a", "exports": { ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" },
                      "./util/*": "./dist/util/*.js" }, "imports": { "#db": "./src/db.js", "#fs": "fs-extra" } }"##,
            ),
            ("packages/b/package.json", r#"{ "name": "b", "version": "2.1.0", "main": "build/cjs/main.js" }"#),
            ("test/fixtures/express/package.json", r#"{ "name": "express", "version": "0.0.1" }"#),
            ("packages/c/package.json", r#"{ "name": "c", "dependencies": { "express": "^4" } }"#),
        ];
        let files = [
            "packages/a/src/index.ts",
            "packages/a/src/util/time.ts",
            "packages/a/src/db.ts",
            "packages/b/src/main.ts",
            "test/fixtures/express/index.js",
        ];
        let asked = [
            ("packages/c/x.ts", "@x/a"),
            ("packages/c/x.ts", "@x/a/util/time"),
            ("packages/c/x.ts", "b"),
            ("packages/c/x.ts", "express"),
            ("packages/a/test.ts", "@x/a"),
            ("packages/a/src/x.ts", "#db"),
            ("packages/a/src/x.ts", "#fs"),
            ("packages/a/src/x.ts", "#no"),
            ("packages/a/src/x.ts", "@/util/time"),
            ("packages/a/bin.js", "./dist/index.js"),
        ];
        let expected =
            [files[0], files[1], files[3], "[express]", files[0], files[2], "[fs-extra]", "-", files[1], files[0]];
        assert_eq!(resolved(&manifests, &files, &asked), expected);
    }
}
