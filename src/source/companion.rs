//! Texts beside the code: configuration, scripts, styles, templates. They are not analysed; they tell
//! which packages are used.

/// Whether the files of a hidden directory are worth reading: those of build services, hooks and tools.
pub(super) fn is_known_hidden_directory(name: &str) -> bool {
    matches!(
        name,
        ".github"
            | ".gitlab"
            | ".gitea"
            | ".forgejo"
            | ".circleci"
            | ".buildkite"
            | ".azure-pipelines"
            | ".ci"
            | ".husky"
            | ".githooks"
            | ".git-hooks"
            | ".hooks"
            | ".lefthook"
            | ".config"
            | ".storybook"
            | ".vitepress"
            | ".vuepress"
            | ".changeset"
            | ".devcontainer"
            | ".docker"
            | ".platform"
            | ".ebextensions"
            | ".build"
            | ".scripts"
            | ".tekton"
    )
}

/// Whether a file beside the code is worth reading. `is_hidden` is for those in hidden directories, where
/// code is a companion, too.
pub(super) fn is_companion(name: &str, is_hidden: bool) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return is_hidden || is_script_name(name) };
    match extension {
        "json" | "json5" | "jsonc" | "yml" | "yaml" | "toml" | "ini" | "cfg" | "conf" | "sh" | "bash" | "zsh"
        | "fish" | "ps1" | "bat" | "cmd" | "mk" | "service" | "dockerfile" | "Dockerfile" | "prisma" | "vue"
        | "svelte" | "astro" | "mdx" | "css" | "scss" | "sass" | "less" | "styl" | "pcss" | "postcss" | "html"
        | "htm" | "ejs" | "pug" | "hbs" | "njk" | "jade" | "coffee" | "ipynb" | "pyx" | "pyi" | "nix" | "hcl"
        | "ino" | "tf" | "env" | "bazel" | "star" | "groovy" => true,
        "ts" | "mts" | "cts" => is_hidden || stem.rsplit('.').next() == Some("d") || name.starts_with('.'),
        "js" | "mjs" | "cjs" | "jsx" | "tsx" | "py" => is_hidden || name.starts_with('.'),
        // `.babelrc`, `.env`, and those with a second ending: `.env.example`, `Dockerfile.web`.
        _ => {
            stem.is_empty() || is_hidden || is_script_name(stem) || name.starts_with(".env") || name == "buildozer.spec"
        }
    }
}

fn is_script_name(name: &str) -> bool {
    matches!(
        name,
        "Dockerfile"
            | "Containerfile"
            | "Makefile"
            | "makefile"
            | "GNUmakefile"
            | "Procfile"
            | "Justfile"
            | "justfile"
            | "Jenkinsfile"
            | "Taskfile"
            | "Vagrantfile"
            | "Earthfile"
            | "Caddyfile"
            | "Rakefile"
            | "SConstruct"
            | "Tiltfile"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_is_told_from_code_and_prose() {
        for name in [".babelrc", "tox.ini", "Dockerfile.web", "a.vue", "types.d.ts", ".eslintrc.cjs", ".env.example"] {
            assert!(is_companion(name, false), "{name}");
        }
        for name in ["index.js", "README.md", "LICENSE", "app.ts"] {
            assert!(!is_companion(name, false), "{name}");
        }
        assert!(is_companion("main.ts", true) && is_companion("pre-commit", true));
    }
}
