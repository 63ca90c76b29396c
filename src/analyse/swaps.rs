//! Edits that take a package out of a manifest, completed by those of the code that imports it.

use std::path::Path;

use crate::facts::{FileFacts, extract};
use crate::finding::{Edit, Finding, Fix};
use crate::fix::swap::{Wish, ecma, python};
use crate::fix::{apply, as_analysed};
use crate::packages::{Change, Ecosystem};
use crate::rules::{Repository, Swapping, swapping};
use crate::source::{Candidate, SourceFile, Span, read};
use crate::syntax::{Budget, Parser};
use crate::usage::npm_package;

/// Larger texts hold data.
const LARGEST_TEXT: u64 = 2 << 20;

/// Completes the edits of findings about packages that the platform replaces. Where not every import can be swapped,
/// or something else names the package, there is no edit.
pub(super) fn complete(findings: &mut [Finding], repository: &Repository<'_>, root: &Path) {
    let mut parser = Parser::new();
    for finding in findings {
        let Some(swapping) = swapping(repository, finding) else { continue };
        let edits = edits(&swapping, repository, root, &mut parser);
        finding.fix = finding.fix.take().zip(edits).map(|(fix, edits)| with(fix, edits, &swapping));
    }
}

fn with(mut fix: Fix, edits: Vec<Edit>, swapping: &Swapping<'_>) -> Fix {
    let swap = swapping.swap;
    let instead = swap.value.as_ref().or(swap.module.as_ref());
    if let Some(instead) = instead.filter(|_| !edits.is_empty()) {
        fix.says = format!("{}, and use `{instead}` where it is imported", fix.says);
    }
    fix.edits.extend(edits);
    fix.edits.sort();
    fix
}

fn edits(swapping: &Swapping<'_>, repository: &Repository<'_>, root: &Path, parser: &mut Parser) -> Option<Vec<Edit>> {
    let swap = swapping.swap;
    let [module] = swapping.modules.as_slice() else { return None };
    let others =
        repository.facts.iter().zip(repository.sources).filter(|(_, source)| !swapping.files.contains(&source.id));
    let is_named =
        |name: &str| name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']));
    // A test replaces it by its name, or a script asks where it is; in Python the module's name may be any word.
    let is_text = |name: &str| is_named(name) && (swapping.ecosystem == Ecosystem::Npm || name.len() > module.len());
    if others.into_iter().any(|(facts, _)| facts.names.iter().any(is_text))
        || repository.texts.iter().any(|text| names(text, module))
    {
        return None;
    }
    let mut edits = Vec::new();
    for &file in &swapping.files {
        let (source, facts) = (repository.sources.get(file.index())?, repository.facts.get(file.index())?);
        if swap.module.is_none() && swap.value.is_none() {
            // The import leads to the platform's module already, unless it asks for a part of the package.
            let is_whole = |import: &crate::facts::Import| {
                let name = facts.name(import.module);
                swapping.ecosystem != Ecosystem::Npm || npm_package(name) != Some(module.as_str()) || name == module
            };
            facts.imports.iter().all(is_whole).then_some(())?;
            continue;
        }
        let text = as_analysed(root, source)?;
        let wish = Wish { module, swap, floor: swapping.floor };
        let changes = if swapping.ecosystem == Ecosystem::Npm { ecma(&text, &wish)? } else { python(&text, &wish)? };
        let edit =
            |change: Change| Edit { span: Span { file, start: change.start, end: change.end }, text: change.text };
        let own: Vec<Edit> = changes.into_iter().map(edit).collect();
        is_sound(source, facts, &apply(&text, &own), module, parser)?;
        edits.extend(own);
    }
    Some(edits)
}

/// Whether an edited text reads as it did, but that it imports a module no more.
fn is_sound(source: &SourceFile, before: &FileFacts, text: &str, module: &str, parser: &mut Parser) -> Option<()> {
    let after = extract(source.language?, text, parser, Budget::default()).ok()?;
    let is_gone = !after.imports.iter().any(|import| {
        let name = after.name(import.module);
        name == module || name.strip_prefix(module).is_some_and(|rest| rest.starts_with(['.', '/']))
    });
    let is_alike = after.damage.bytes <= before.damage.bytes && after.functions.len() == before.functions.len();
    (is_gone && is_alike).then_some(())
}

/// Whether a text beside the code names a module. Manifests and prose do without using it.
fn names(candidate: &Candidate, module: &str) -> bool {
    let name = candidate.path.rsplit('/').next().unwrap_or(&candidate.path);
    let is_passive = matches!(name, "package.json" | "pyproject.toml" | "setup.cfg" | "Pipfile")
        || [".md", ".rst", ".txt", ".adoc", ".svg"].iter().any(|end| name.ends_with(end));
    let quoted = |text: &str| {
        text.match_indices(module).any(|(at, _)| {
            let bytes = text.as_bytes();
            let is_free = |byte: Option<&u8>| {
                byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'-')
            };
            is_free(at.checked_sub(1).and_then(|before| bytes.get(before))) && is_free(bytes.get(at + module.len()))
        })
    };
    !is_passive && read(candidate, LARGEST_TEXT).is_ok_and(|text| quoted(&text))
}
