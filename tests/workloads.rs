//! Units of small repositories, and the work they are seen to do.

use std::fs;
use std::path::PathBuf;

use crossgrain::analyse::{Request, analyse};
use crossgrain::cli::settings_of;
use crossgrain::workload::{Carrier, Unit, Verdict, WorkKind};

fn units(name: &str, files: &[(&str, &str)]) -> Vec<Unit> {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("workloads").join(name);
    let _ = fs::remove_dir_all(&root);
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("files have directories")).expect("directories can be made");
        fs::write(path, text).expect("files can be written");
    }
    let settings = settings_of(&root).expect("there is no configuration to be wrong");
    let paths = [root.clone()];
    let request = Request {
        root: &root,
        paths: &paths,
        touching: &[],
        touched: None,
        snapshot: None,
        settings: &settings,
        threads: 1,
        progress: None,
    };
    analyse(&request).expect("it can be analysed").units
}

fn kinds(unit: &Unit) -> Vec<WorkKind> {
    unit.workloads.iter().map(|work| work.kind).collect()
}

#[test]
fn a_service_and_its_front_end_are_units_of_their_own() {
    let units = units(
        "chat",
        &[
            ("server/package.json", r#"{ "name": "server", "dependencies": { "ws": "8.0.0", "express": "5.0.0" } }"#),
            ("server/index.js", "import { WebSocketServer } from 'ws';\nimport express from 'express';\n"),
            (
                "web/package.json",
                r#"{ "name": "web", "dependencies": { "react-dom": "19", "react-router-dom": "7" } }"#,
            ),
            ("web/src/main.js", "import { createRoot } from 'react-dom/client';\nimport 'react-router-dom';\n"),
        ],
    );
    let shown: Vec<_> = units.iter().map(|unit| (unit.title(), unit.carrier, kinds(unit))).collect();
    let server = vec![WorkKind::RealTime, WorkKind::IoHeavy];
    assert_eq!(shown, [("server", Carrier::Node, server), ("web", Carrier::Browser, vec![WorkKind::SinglePage])]);
    let sockets = &units[0].workloads[0];
    assert_eq!(sockets.fit.verdict, Verdict::Fits);
    let evidence = &sockets.evidence[0];
    assert_eq!((evidence.path.as_str(), evidence.line, evidence.weight), ("server/index.js", 1, 4));
}

#[test]
fn without_evidence_there_is_no_verdict() {
    let units = units(
        "library",
        &[
            ("package.json", r#"{ "name": "pad", "devDependencies": { "express": "5.0.0", "sharp": "0.33.0" } }"#),
            ("index.js", "export const pad = (text) => text.padStart(8);\n"),
            ("test/server.js", "import express from 'express';\nexpress().get('/', (req, res) => res.send());\n"),
        ],
    );
    assert_eq!(units.len(), 1);
    assert_eq!(units[0].workloads, []);
}

#[test]
fn what_a_program_does_without_says_less() {
    let files = |import| [("app.py", import)];
    let firm = units("firm", &files("import torch\n"));
    assert_eq!(kinds(&firm[0]), [WorkKind::CpuHeavy]);
    let optional = units("optional", &files("try:\n    import torch\nexcept ImportError:\n    torch = None\n"));
    assert_eq!(kinds(&optional[0]), []);
}
